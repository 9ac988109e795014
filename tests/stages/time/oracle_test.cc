// Compares with abseil's ParseTime and FormatTime, of which only zones are used otherwise.

#include <absl/time/time.h>

#include <catch2/catch.hpp>
#include <random>

#include "tests/stages/time/times.h"

namespace weir::stages::test {
namespace {

/// A conversion and what abseil calls it.
struct Conversion {
  const char* ours;
  const char* theirs;
};

absl::string_view view(const std::string& text) { return {text.data(), text.size()}; }

absl::TimeZone zone_of(const std::string& name) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(view(name), &zone));
  return zone;
}

std::string translated(std::string format) {
  constexpr Conversion kTheirs[] = {{"%3f", "%E3f"}, {"%6f", "%E6f"}, {"%9f", "%E9f"},
                                    {"%f", "%E*f"},  {"%Y", "%E4Y"},  {"%F", "%E4Y-%m-%d"}};
  for (const auto& [ours, theirs] : kTheirs) {
    for (std::size_t at = format.find(ours); at != format.npos; at = format.find(ours, at + 4)) {
      format.replace(at, std::string_view(ours).size(), theirs);
    }
  }
  return format;
}

constexpr const char* kZones[] = {"UTC",           "Europe/Berlin",       "America/New_York",
                                  "Asia/Kolkata",  "Australia/Lord_Howe", "Pacific/Apia",
                                  "Europe/Dublin", "America/Sao_Paulo",   "Africa/Casablanca"};

/// Draws times, most of them near today, some of them near a change of the clocks, and formats.
class Draw {
 public:
  explicit Draw(unsigned seed) : random_(seed) {}

  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  Instant time() {
    const auto between = [&](std::int64_t low, std::int64_t high) {
      return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
    };
    Instant time;
    time.seconds = below(5) == 0   ? between(-30'000'000'000, 250'000'000'000)
                   : below(2) == 0 ? between(0, 2'000'000'000)
                                   : 1'774'746'000 + between(-8, 8) * 900;  // Berlin, March 2026
    constexpr std::int32_t kFractions[] = {0, 500'000'000, 123'000'000, 123'456'000, 1};
    time.nanoseconds =
        below(2) ? kFractions[below(5)] : static_cast<std::int32_t>(below(1'000'000'000));
    return time;
  }

  /// A format that states all of a time, in any order.
  std::string full_format() {
    const char* const dates[] = {"%F",       "%d/%b/%Y",     "%B %e %Y",
                                 "%m.%d.%Y", "%A, %d %b %Y", "%Y%m%d"};
    const char* const clocks[] = {"%T.%f", "%H:%M:%S.%9f", "%I-%M-%S %p %9f", "%H%M%S%9f"};
    const char* const between[] = {" ", "T", "_", " at%n", "%%", "|"};
    std::string format = dates[below(6)];
    format += between[below(6)];
    format += clocks[below(4)];
    if (below(2) == 0) format += below(2) ? " %z" : "%z";
    return format;
  }

  std::string any_format() {
    constexpr const char* kAll[] = {"%Y",  "%m",  "%d", "%e", "%H", "%I", "%M", "%S", "%p",
                                    "%b",  "%B",  "%a", "%A", "%z", "%Z", "%s", "%f", "%3f",
                                    "%6f", "%9f", "%F", "%T", "%n", "%t", "%%", "%j", "%U",
                                    "%W",  "%V",  "%u", "%y", "%G", "-",  " ",  "x"};
    std::string format;
    for (int left = 1 + below(8); left > 0; --left) format += kAll[below(std::size(kAll))];
    return format;
  }

 private:
  std::mt19937 random_;
};

absl::Time theirs(const Instant& time) {
  return absl::FromUnixSeconds(time.seconds) + absl::Nanoseconds(time.nanoseconds);
}

}  // namespace

TEST_CASE("times are written as abseil writes them") {
  Draw draw(1);
  for (int round = 0; round < 20'000; ++round) {
    const std::string zone = kZones[draw.below(std::size(kZones))];
    const std::string format = draw.any_format();
    Instant time = draw.time();
    const absl::TimeZone there = zone_of(zone);
    // abseil writes what strftime does without zeros, before the year 1000.
    if (absl::ToCivilYear(theirs(time), there).year() < 1001) continue;
    if (format.find('%') == format.npos) continue;
    INFO(format << " in " << zone << " of " << iso(time));
    std::string room;
    const Value written = times({{format}, zone, {}}, true).write(time, room);
    REQUIRE(std::string(written.as_text()) ==
            absl::FormatTime(view(translated(format)), theirs(time), there));
  }
}

TEST_CASE("times are read as abseil reads them") {
  Draw draw(2);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string zone = kZones[draw.below(std::size(kZones))];
    const std::string format = draw.full_format();
    const TimeFormat ours = times({{format}, zone, {}});
    const absl::TimeZone there = zone_of(zone);
    const Instant time = draw.time();
    std::string text;
    times({{format}, zone, {}}, true).write(time, text);
    INFO(format << " in " << zone << " of " << text);
    absl::Time wanted;
    std::string problem;
    REQUIRE(absl::ParseTime(view(translated(format)), view(text), there, &wanted, &problem));
    Instant found;
    REQUIRE(ours.read(Value(text), found));
    CHECK(theirs(found) == wanted);
    // What is not quite the text is no time, or the time that abseil finds.
    for (int i = 0; i < 3; ++i) {
      std::string other = text;
      constexpr std::string_view kBytes = "0123456789 :/-+.TZa\xff";
      other[static_cast<std::size_t>(draw.below(static_cast<int>(other.size())))] =
          kBytes[static_cast<std::size_t>(draw.below(static_cast<int>(kBytes.size())))];
      if (!ours.read(Value(other), found)) {
        ++refused;
        continue;
      }
      INFO("as " << other);
      REQUIRE(absl::ParseTime(view(translated(format)), view(other), there, &wanted, &problem));
      CHECK(theirs(found) == wanted);
    }
  }
  CHECK(refused > 10'000);
}

TEST_CASE("local times are those of abseil, in every zone and around each change of its clock") {
  for (const std::string zone : kZones) {
    const absl::TimeZone there = zone_of(zone);
    const TimeFormat ours = times({{"iso"}, zone, {}});
    absl::Time at = absl::FromUnixSeconds(0);
    absl::TimeZone::CivilTransition change;
    for (int i = 0; i < 60 && there.NextTransition(at, &change); ++i) {
      for (int minutes = -90; minutes <= 90; minutes += 15) {
        const absl::CivilSecond local = change.from + minutes * 60;
        const std::string text = absl::FormatCivilTime(local);
        INFO(text << " in " << zone);
        Instant found;
        REQUIRE(ours.read(Value(text), found));
        CHECK(found.seconds == absl::ToUnixSeconds(there.At(local).pre));
      }
      at = absl::FromCivil(change.to, there);
    }
  }
}

}  // namespace weir::stages::test
