#include "stages/time/rules.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "stages/time/readers.h"
#include "weir/in_quotes.h"

namespace weir::stages::time {
namespace {

/// What a format with a name takes, and how it is written as a pattern; null: by other means.
struct Named {
  const char* name;
  const char* expected;
  const char* written;
};
constexpr Named kNamed[] = {
    {"auto", "a time such as 2026-01-31T23:59:59Z", nullptr},
    {"iso", "a time such as 2026-01-31T23:59:59Z", nullptr},
    {"unix", "seconds since 1970", nullptr},
    {"unix_ms", "milliseconds since 1970", nullptr},
    {"unix_us", "microseconds since 1970", nullptr},
    {"unix_ns", "nanoseconds since 1970", nullptr},
    {"rfc2822", "a time such as 'Sat, 31 Jan 2026 23:59:59 +0000'", "%a, %d %b %Y %H:%M:%S %z"},
    {"syslog", "a time such as 'Jan 31 23:59:59'", "%b %e %H:%M:%S"},
    {"common_log", "a time such as '31/Jan/2026:23:59:59 +0000'", "%d/%b/%Y:%H:%M:%S %z"},
};

/// Returns how many units of a `unix` format a second has.
std::int64_t scale_of(Format::Kind kind) {
  constexpr std::int64_t kScales[] = {1, 1'000, 1'000'000, 1'000'000'000};
  return kScales[static_cast<std::size_t>(kind) - static_cast<std::size_t>(Format::Kind::unix_s)];
}

bool read_iso(std::string_view text, const Completion& completion, Instant& out) {
  detail::TimeReader reader(text);
  std::int64_t fraction = 0;
  if (!reader.read(out.seconds, fraction)) return false;
  out.nanoseconds = static_cast<std::int32_t>(fraction);
  if (!reader.has_offset()) out.seconds = completion.zone().utc_of(out.seconds);
  return out.in_range();
}

}  // namespace

const std::vector<std::string>& Format::names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Named& named : kNamed) all.emplace_back(named.name);
    return all;
  }();
  return names;
}

bool Format::compile(std::string_view text, bool write, TimeProblem& problem) {
  text_ = text;
  if (text.empty()) {
    problem.message = "expected a format, got empty text";
    return false;
  }
  for (std::size_t i = 0; i < std::size(kNamed); ++i) {
    if (kNamed[i].name != text) continue;
    kind_ = static_cast<Kind>(i);
    return !kNamed[i].written || pattern_.compile(kNamed[i].written, write, problem);
  }
  kind_ = Kind::pattern;
  if (text.find('%') != text.npos) return pattern_.compile(text, write, problem);
  problem.message = "unknown format " + in_quotes(text);
  problem.hint = "a format of one's own has conversions such as '%Y'";
  problem.word = text;
  problem.candidates = names();
  return false;
}

bool Format::has_year() const {
  return kind_ != Kind::syslog && (kind_ != Kind::pattern || pattern_.has_year());
}

std::string Format::expected() const {
  if (kind_ == Kind::pattern) return "a time such as " + in_quotes(text_);
  return kNamed[static_cast<std::size_t>(kind_)].expected;
}

bool Format::read(const Value& value, const Completion& completion, bool zoned,
                  Instant& out) const {
  if (value.type() == ValueType::text && (kind_ < Kind::unix_s || kind_ > Kind::unix_ns)) {
    return read_text(value.as_text(), completion, zoned, out);
  }
  if (kind_ == Kind::automatic) return detail::read_auto(value, out);
  if (kind_ >= Kind::unix_s && kind_ <= Kind::unix_ns)
    return read_unix(value, scale_of(kind_), out);
  if (kind_ != Kind::pattern || value.type() != ValueType::integer) return false;
  char digits[24];  // A format such as %Y%m%d has texts that are numbers, too.
  const char* const end = std::to_chars(digits, digits + sizeof digits, value.as_integer()).ptr;
  return read_text({digits, static_cast<std::size_t>(end - digits)}, completion, zoned, out);
}

bool Format::read_text(std::string_view text, const Completion& completion, bool zoned,
                       Instant& out) const {
  if (kind_ <= Kind::iso) return read_iso(text, completion, out);
  Parts parts;
  const bool good = kind_ == Kind::syslog       ? read_syslog(text, parts)
                    : kind_ == Kind::common_log ? read_common_log(text, parts)
                    : kind_ == Kind::rfc2822    ? read_rfc2822(text, parts)
                                                : pattern_.read(text, zoned, parts);
  return good && completion.complete(parts, out);
}

Value Format::write(const Instant& time, const Zone& zone, std::string& out) const {
  if (kind_ <= Kind::iso) {
    detail::append_iso(out, time, zone.local_of(time.seconds).offset);
  } else if (kind_ <= Kind::unix_ns) {
    const std::int64_t scale = scale_of(kind_);
    if (kind_ == Kind::unix_s && time.nanoseconds != 0) {
      return Value(static_cast<double>(time.seconds) + time.nanoseconds * 1e-9);
    }
    std::int64_t units = 0;
    if (__builtin_mul_overflow(time.seconds, scale, &units)) {  // Nanoseconds far from 1970.
      return Value(static_cast<double>(time.seconds) * static_cast<double>(scale));
    }
    return Value(units + time.nanoseconds / (1'000'000'000 / scale));
  } else {
    pattern_.write(time, zone, out);
  }
  return Value(std::string_view(out));
}

Rules::Rules(std::vector<Format> formats, Completion completion, const TimeSpec& spec)
    : formats_(std::move(formats)),
      completion_(std::move(completion)),
      zoned_(spec.zone.has_value()) {
  for (const Format& format : formats_) {
    const std::string expected = format.expected();
    if (expected_.find(expected) != expected_.npos) continue;
    expected_ += (expected_.empty() ? "" : " or ") + expected;
  }
  const auto of_now = [&](const Format& format) { return !format.has_year(); };
  if (spec.reference.value_or("now") == "now" && std::ranges::any_of(formats_, of_now)) {
    chances_.emplace_back(
        "reference now: which year a time without one is of depends on when the run began");
  }
  if (spec.zone == "local") {
    chances_.emplace_back("zone local: which zone that is depends on the machine");
  }
}

bool Rules::read(const Value& value, Instant& out) const {
  for (const Format& format : formats_) {
    if (format.read(value, completion_, zoned_, out)) return true;
  }
  return false;
}

Value Rules::write(const Instant& time, std::string& room) const {
  return formats_.front().write(time, completion_.zone(), room);
}

}  // namespace weir::stages::time
