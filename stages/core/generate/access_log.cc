#include "stages/core/generate/access_log.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "weir/detail/mix64.h"

namespace weir::stages::core {
namespace {

/// Draws several small random numbers from one random number of 64 bits.
class Dice {
 public:
  explicit Dice(std::uint64_t bits) : bits_(bits) {}
  std::uint32_t below(std::uint32_t bound) {
    const auto product = static_cast<unsigned __int128>(bits_) * bound;
    bits_ = static_cast<std::uint64_t>(product);
    return static_cast<std::uint32_t>(product >> 64);
  }

 private:
  std::uint64_t bits_;
};

struct Page {
  std::string_view path;
  std::uint32_t ids;  ///< 0 if the path has no number.
  std::string_view query;
  std::uint32_t base_ms;
  bool writes = false;
};

constexpr Page kPages[] = {
    {"/", 0, "", 12},
    {"/products/", 40'000, "", 25},
    {"/products/", 40'000, "?ref=home", 25},
    {"/products/", 40'000, "/reviews?page=2", 60},
    {"/static/css/main.", 40, ".css", 2},
    {"/static/js/app.", 40, ".js", 3},
    {"/images/", 90'000, ".webp", 4},
    {"/images/thumbs/", 90'000, ".webp", 2},
    {"/search?q=item+", 5'000, "&sort=price", 140},
    {"/cart", 0, "", 30, true},
    {"/checkout/step/", 4, "", 80, true},
    {"/api/v1/orders/", 900'000, "", 45, true},
    {"/api/v1/orders/", 900'000, "/items?limit=50", 70},
    {"/api/v1/users/", 60'000, "/profile", 35, true},
    {"/login", 0, "", 90, true},
    {"/health", 0, "", 1},
};

constexpr std::string_view kReads[] = {"GET", "GET", "GET", "GET", "GET", "GET",
                                       "GET", "GET", "GET", "GET", "GET", "HEAD"};
constexpr std::string_view kWrites[] = {"GET", "POST", "POST", "POST", "PUT", "DELETE"};

constexpr std::uint16_t kGood[] = {200, 200, 200, 200, 200, 200, 200, 200, 204, 206, 301, 302, 304};
constexpr std::uint16_t kBad[] = {404, 404, 404, 404, 404, 403, 401, 400, 429, 500, 500, 502, 503};

constexpr std::string_view kAgents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://www.example.com/bot.html)",
    "curl/8.7.1",
};

/// The address blocks that are reserved for examples (RFC 5737).
constexpr std::string_view kNetworks[] = {"192.0.2.", "198.51.100.", "203.0.113."};

constexpr std::uint64_t kStartMs = 1'735'689'600'000;  ///< 2025-01-01T00:00:00Z
constexpr std::uint32_t kStepMs = 40;                  ///< 25 requests a second.

template <std::size_t N, class T>
const T& one_of(const T (&choices)[N], Dice& dice) {
  return choices[dice.below(N)];
}

/// Draws twice and takes the smaller index, so that low indexes come up more often.
template <std::size_t N, class T>
const T& low_one_of(const T (&choices)[N], Dice& dice) {
  const std::uint32_t first = dice.below(N);
  return choices[std::min(first, dice.below(N))];
}

char* put(std::string_view bytes, char* out) {
  std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}
char* put(std::uint64_t number, char* out) { return std::to_chars(out, out + 20, number).ptr; }

char* put_digits(std::uint32_t number, int count, char* out) {
  for (int i = count - 1; i >= 0; --i, number /= 10) out[i] = static_cast<char>('0' + number % 10);
  return out + count;
}

struct Day {
  std::uint32_t year, month, day;
};

/// Returns the date of a day. Source: Howard Hinnant's civil_from_days,
/// https://howardhinnant.github.io/date_algorithms.html
Day day_of(std::uint64_t days_since_1970) {
  const std::uint64_t z = days_since_1970 + 719'468;
  const std::uint64_t era = z / 146'097;
  const auto doe = static_cast<std::uint32_t>(z - era * 146'097);
  const std::uint32_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  const std::uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::uint32_t mp = (5 * doy + 2) / 153;
  const std::uint32_t month = mp < 10 ? mp + 3 : mp - 9;
  const auto year = static_cast<std::uint32_t>(era * 400) + yoe + (month <= 2 ? 1 : 0);
  return {year, month, doy - (153 * mp + 2) / 5 + 1};
}

}  // namespace

AccessEntry::AccessEntry(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t random = detail::mix64(seed) + 4 * number * detail::kMix64Step;
  Dice what(detail::next_mix64(random));
  Dice who(detail::next_mix64(random));
  Dice cost(detail::next_mix64(random));
  const Page& page = low_one_of(kPages, what);
  path = page.path;
  query = page.query;
  id = page.ids == 0 ? 0 : 1 + what.below(page.ids);
  method = page.writes ? one_of(kWrites, what) : one_of(kReads, what);
  const bool bad = what.below(12) == 0;
  status = bad ? one_of(kBad, what) : one_of(kGood, what);
  network = static_cast<std::uint8_t>(who.below(3));
  host = static_cast<std::uint8_t>(1 + std::min(who.below(254), who.below(254)));
  agent = low_one_of(kAgents, who);
  const bool empty = status == 204 || status == 304 || method == "HEAD";
  bytes = empty ? 0 : (64u << cost.below(11)) + cost.below(1024);
  ms = page.base_ms + (page.base_ms * cost.below(200)) / 100;
  if (cost.below(200) == 0) ms *= 20;
  time_ms = kStartMs + number * kStepMs + cost.below(kStepMs);
}

char* AccessEntry::write_time(char* out) const {
  const Day day = day_of(time_ms / 86'400'000);
  const auto ms_of_day = static_cast<std::uint32_t>(time_ms % 86'400'000);
  out = put_digits(day.year, 4, out);
  *out++ = '-';
  out = put_digits(day.month, 2, out);
  *out++ = '-';
  out = put_digits(day.day, 2, out);
  *out++ = 'T';
  out = put_digits(ms_of_day / 3'600'000, 2, out);
  *out++ = ':';
  out = put_digits(ms_of_day / 60'000 % 60, 2, out);
  *out++ = ':';
  out = put_digits(ms_of_day / 1000 % 60, 2, out);
  *out++ = '.';
  out = put_digits(ms_of_day % 1000, 3, out);
  *out++ = 'Z';
  return out;
}

char* AccessEntry::write_ip(char* out) const { return put(host, put(kNetworks[network], out)); }

char* AccessEntry::write_path(char* out) const {
  out = put(path, out);
  if (id != 0) out = put(id, out);
  return put(query, out);
}

char* AccessEntry::write_json(char* out) const {
  out = write_time(put(R"({"time":")", out));
  out = write_ip(put(R"(","ip":")", out));
  out = put(method, put(R"(","method":")", out));
  out = write_path(put(R"(","path":")", out));
  out = put(status, put(R"(","status":)", out));
  out = put(bytes, put(R"(,"bytes":)", out));
  out = put(ms, put(R"(,"ms":)", out));
  out = put(agent, put(R"(,"agent":")", out));
  return put(R"("})", out);
}

char* AccessEntry::write_fields(detail::FieldSlot* slots, char* out) const {
  const auto add = [&](std::string_view name, Value value) {
    *slots++ = {name.data(), static_cast<std::uint32_t>(name.size()), 0, value};
  };
  const auto add_text = [&](std::string_view name, char* end) {
    add(name, Value(std::string_view(out, end)));
    out = end;
  };
  add_text("time", write_time(out));
  add_text("ip", write_ip(out));
  add_text("method", put(method, out));
  add_text("path", write_path(out));
  add("status", Value(std::int64_t{status}));
  add("bytes", Value(std::int64_t{bytes}));
  add("ms", Value(std::int64_t{ms}));
  add_text("agent", put(agent, out));
  return out;
}

}  // namespace weir::stages::core
