#include <catch2/catch.hpp>
#include <limits>

#include "tests/stages/time/times.h"

namespace weir::stages::test {
namespace {

struct Case {
  const char* format;
  const char* text;
  const char* time;  ///< Empty: it is none.
};

void check(const std::vector<Case>& cases, std::optional<std::string> zone = {}) {
  for (const auto& [format, text, time] : cases) {
    INFO(format << " reads " << text);
    CHECK(read(times({{format}, zone, {}}), text) == time);
  }
}

std::string written(const Instant& time, const char* format, std::optional<std::string> zone = {}) {
  std::string room;
  const Value value = times({{format}, std::move(zone), {}}, true).write(time, room);
  std::string text;
  append_text(text, value);
  return text;
}

std::string problem_of(const TimeSpec& spec, bool write = false) {
  try {
    times(spec, write);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return {};
}

constexpr Instant kThen{1'769'903'999, 500'000'000};  // 2026-01-31T23:59:59.5Z

}  // namespace

TEST_CASE("the formats that have a name") {
  check({
      {"iso", "2026-01-31", "2026-01-31T00:00:00Z"},
      {"iso", "2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"},
      {"iso", "2026-01-31 23:59:59,25+02:00", "2026-01-31T21:59:59.25Z"},
      {"iso", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
      {"iso", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"},
      {"iso", "0001-01-01T00:00:00+01:00", ""},
      {"iso", "9999-12-31T23:59:59-01:00", ""},
      {"iso", "0000-12-31", ""},
      {"iso", "10000-01-01", ""},
      {"iso", "2023-02-29", ""},
      {"iso", "infinite-future", ""},
      {"auto", "infinite-past", ""},
      {"auto", " 2026-01-31", ""},
      {"rfc2822", "Sat, 31 Jan 2026 23:59:59 +0000", "2026-01-31T23:59:59Z"},
      {"rfc2822", "31 Jan 2026 23:59 -0500", "2026-02-01T04:59:00Z"},
      {"rfc2822", "Sat, 31 Jan 2026 23:59:59 GMT", "2026-01-31T23:59:59Z"},
      {"rfc2822", "sat , 31 JAN 26 23:59:59 EST (a (nested\\) one) there)", "2026-02-01T04:59:59Z"},
      {"rfc2822", "Fri, 21 Nov 97 09:55:06 PDT", "1997-11-21T16:55:06Z"},
      {"rfc2822", "1 Jan 099 00:00:00 Z", "1999-01-01T00:00:00Z"},
      {"rfc2822", "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", ""},
      {"rfc2822", "31 Jan 2026 23:59:59 CEST", ""},
      {"rfc2822", "31 Jan 2026 23:59:59 +0000 (open", ""},
      {"rfc2822", "31 Jan 2026 23:59:59 J", ""},
      {"common_log", "31/Jan/2026:23:59:59 +0100", "2026-01-31T22:59:59Z"},
      {"common_log", "1/jan/2026:03:09:05 +0000", "2026-01-01T03:09:05Z"},
      {"common_log", "31/Jan/2026:23:59:59", ""},
      {"common_log", "31/Foo/2026:23:59:59 +0000", ""},
      {"common_log", "31/Feb/2026:23:59:59 +0000", ""},
      {"common_log", "31/Jan/2026:23:59:59 +0000 ", ""},
      {"unix", "1769903999", "2026-01-31T23:59:59Z"},
      {"unix", "-1.5", "1969-12-31T23:59:58.5Z"},
      {"unix", "0.1234567891", "1970-01-01T00:00:00.123456789Z"},
      {"unix", "253402300800", ""},
      {"unix", "-62135596800", "0001-01-01T00:00:00Z"},
      {"unix", "-62135596801", ""},
      {"unix", "1e3", ""},
      {"unix", "", ""},
      {"unix", ".5", ""},
      {"unix", "5.", ""},
      {"unix_ms", "1769903999500", "2026-01-31T23:59:59.5Z"},
      {"unix_ms", "-1", "1969-12-31T23:59:59.999Z"},
      {"unix_us", "1769903999500001", "2026-01-31T23:59:59.500001Z"},
      {"unix_ns", "1769903999500000001", "2026-01-31T23:59:59.500000001Z"},
      {"unix_ns", "99999999999999999999", ""},
  });
}

TEST_CASE("a number is a time of the formats that say so") {
  const auto number = [](const char* format, auto value) {
    return read(times({{format}, {}, {}}), Value(value));
  };
  CHECK(number("auto", 1'769'903'999) == "2026-01-31T23:59:59Z");
  CHECK(number("auto", 100'000'000'000) == "5138-11-16T09:46:40Z");
  CHECK(number("auto", std::int64_t{1'499'816'949'500}).empty());
  CHECK(number("auto", 1'499'816'949.123) == "2017-07-11T23:49:09.123Z");
  CHECK(number("auto", std::numeric_limits<double>::infinity()).empty());
  CHECK(number("auto", std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK(number("auto", 1e300).empty());
  CHECK(number("unix", -0.25) == "1969-12-31T23:59:59.75Z");
  CHECK(number("unix_ms", std::int64_t{1'499'816'949'500}) == "2017-07-11T23:49:09.5Z");
  CHECK(number("unix_ms", 1'499'816'949'500.5) == "2017-07-11T23:49:09.5005Z");
  CHECK(number("unix_ns", std::int64_t{-1}) == "1969-12-31T23:59:59.999999999Z");
  CHECK(number("unix_ns", std::numeric_limits<std::int64_t>::min()) ==
        "1677-09-21T00:12:43.145224192Z");
  CHECK(number("%Y%m%d", 20'260'131) == "2026-01-31T00:00:00Z");
  CHECK(number("iso", 5).empty());
  CHECK(number("syslog", 5).empty());
  CHECK(read(times({{"unix"}, {}, {}}), Value(true)).empty());
}

TEST_CASE("a format of one's own") {
  check({
      {"%d/%b/%Y:%H:%M:%S %z", "31/Jan/2026:23:59:59 +0100", "2026-01-31T22:59:59Z"},
      {"%d.%m.%Y", "1.2.2026", "2026-02-01T00:00:00Z"},
      {"%d.%m.%Y", "01.2.26", ""},
      {"%d.%m.%y", "01.02.69", "1969-02-01T00:00:00Z"},
      {"%d.%m.%y", "01.02.68", "2068-02-01T00:00:00Z"},
      {"%Y%m%d%H%M%S%3f", "20260131235959123", "2026-01-31T23:59:59.123Z"},
      {"%Y%m%d%H%M%S%3f", "2026013123595912", ""},
      {"%F %T.%f", "2026-01-31 23:59:59.5", "2026-01-31T23:59:59.5Z"},
      {"%F %T.%f", "2026-01-31 23:59:59.", ""},
      {"%F %T.%f", "2026-01-31 23:59:59.1234567891", ""},
      {"%F %T.%6f", "2026-01-31 23:59:59.000001", "2026-01-31T23:59:59.000001Z"},
      {"%A, %e. %B %Y", "saturday, 31. JANUARY 2026", "2026-01-31T00:00:00Z"},
      {"%a %e %b %Y", "Sat  1 jan 2026", "2026-01-01T00:00:00Z"},
      {"%a %e %b %Y", "Xxx  1 jan 2026", ""},
      {"%b %e %Y", "May 1 2026", "2026-05-01T00:00:00Z"},
      {"%B %e %Y", "Sept 1 2026", ""},
      {"%I:%M %p, %F", "12:05 am, 2026-01-31", "2026-01-31T00:05:00Z"},
      {"%p %I:%M, %F", "PM 12:05, 2026-01-31", "2026-01-31T12:05:00Z"},
      {"%I:%M %p, %F", "00:05 am, 2026-01-31", ""},
      {"%I:%M %p, %F", "1:05 xm, 2026-01-31", ""},
      {"%s", "-5", "1969-12-31T23:59:55Z"},
      {"%s.%f", "5.25", "1970-01-01T00:00:05.25Z"},
      {"%s", "99999999999999", ""},
      {"%F%n%T", "2026-01-31 \t 23:59:59", "2026-01-31T23:59:59Z"},
      {"%F %T", "2026-01-3123:59:59", "2026-01-31T23:59:59Z"},
      {"%F", "2026-01-31x", ""},
      {"%F", "2026-02-30", ""},
      {"%F", "2026-13-01", ""},
      {"%F %H", "2026-01-31 24", ""},
      {"%F 100%%", "2026-01-31 100%", "2026-01-31T00:00:00Z"},
      {"%F %T %z", "2026-01-31 23:59:59 Z", "2026-01-31T23:59:59Z"},
      {"%F %T %z", "2026-01-31 23:59:59 +02:30", "2026-01-31T21:29:59Z"},
      {"%F %T %z", "2026-01-31 23:59:59 +02", "2026-01-31T21:59:59Z"},
      {"%F %T %z", "2026-01-31 23:59:59 02", ""},
      {"%F %T %Z", "2026-01-31 23:59:59 GMT", "2026-01-31T23:59:59Z"},
      {"%F %T %Z", "2026-01-31 23:59:59 CET", ""},
      {"grün %F", "grün 2026-01-31", "2026-01-31T00:00:00Z"},
  });
  check({{"%F %T %Z", "2026-01-31 23:59:59 UTC", "2026-01-31T23:59:59Z"},
         {"%F %T %Z", "2026-01-31 23:59:59 CET", "2026-01-31T22:59:59Z"},
         {"%F %T", "2026-07-31 23:59:59", "2026-07-31T21:59:59Z"},
         {"iso", "2026-07-31", "2026-07-30T22:00:00Z"},
         {"iso", "2026-07-31T00:00Z", "2026-07-31T00:00:00Z"},
         {"auto", "2026-07-31 00:00", "2026-07-30T22:00:00Z"}},
        "Europe/Berlin");
}

TEST_CASE("what the clock skips is moved on, and of what comes twice it is the first") {
  check({{"%F %T", "2026-03-29 02:30:00", "2026-03-29T01:30:00Z"},
         {"iso", "2026-03-29T02:00:00", "2026-03-29T01:00:00Z"},
         {"iso", "2026-03-29T01:59:59.999", "2026-03-29T00:59:59.999Z"},
         {"iso", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z"},
         {"%F %T", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"},
         {"%F %T", "2026-10-25 02:00:00", "2026-10-25T00:00:00Z"},
         {"%F %T", "2026-10-25 03:00:00", "2026-10-25T02:00:00Z"}},
        "Europe/Berlin");
  check({{"iso", "2026-04-05T01:45", "2026-04-04T14:45:00Z"}}, "Australia/Lord_Howe");
  check({{"iso", "2011-12-30T12:00", "2011-12-30T22:00:00Z"}},
        "Pacific/Apia");  // A day that was not.
  check({{"iso", "2026-01-31T12:00", "2026-01-31T17:30:00Z"}}, "-05:30");
}

TEST_CASE("second 60 is the next minute, without its fraction") {
  check({{"iso", "2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00Z"},
         {"syslog", "2016-12-31T23:59:60.5Z", ""},
         {"%F %T.%f", "2016-12-31 23:59:60.75", "2017-01-01T00:00:00Z"},
         {"common_log", "31/Dec/2016:23:59:60 +0000", "2017-01-01T00:00:00Z"},
         {"rfc2822", "31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z"},
         {"iso", "2016-12-31T23:59:61Z", ""}});
  CHECK(event_time("2016-12-31T23:59:60.5Z") == event_time("2017-01-01"));
}

TEST_CASE(
    "a text without a year is of the latest that leaves it at most a day past the reference") {
  const auto at = [](const char* reference, const char* text,
                     std::optional<std::string> zone = {}) {
    return read(times({{"syslog"}, std::move(zone), reference}), text);
  };
  CHECK(at("2026-01-02T10:00:00Z", "Dec 31 23:59:59") == "2025-12-31T23:59:59Z");
  CHECK(at("2026-01-02T10:00:00Z", "Jan  2 09:00:00") == "2026-01-02T09:00:00Z");
  CHECK(at("2026-01-02T10:00:00Z", "Jan  3 10:00:00") == "2026-01-03T10:00:00Z");
  CHECK(at("2026-01-02T10:00:00Z", "Jan  3 10:00:01") == "2025-01-03T10:00:01Z");
  CHECK(at("2026-12-31T23:00:00Z", "Jan  1 00:00:05") == "2027-01-01T00:00:05Z");
  CHECK(at("2026-12-31", "Jan  1 00:00:00") == "2027-01-01T00:00:00Z");
  CHECK(at("2026-12-31", "Jan  1 00:00:01") == "2026-01-01T00:00:01Z");
  CHECK(at("2026-06-01", "Feb 29 12:00:00") == "2024-02-29T12:00:00Z");
  CHECK(at("1903-06-01", "Feb 29 12:00:00") == "1896-02-29T12:00:00Z");
  CHECK(at("2024-02-28T12:00:00Z", "Feb 29 12:00:00") == "2024-02-29T12:00:00Z");
  CHECK(at("2026-06-01", "Feb 30 12:00:00").empty());
  CHECK(at("0001-06-01", "Jul  1 12:00:00").empty());
  CHECK(at("2026-06-01", "Jun 1 12:00:00.25") == "2026-06-01T12:00:00.25Z");
  CHECK(at("2026-06-01", "jun 01 12:00:00,5") == "2026-06-01T12:00:00.5Z");
  CHECK(at("2026-06-01", "Jun  1 12:00").empty());
  CHECK(at("2026-06-01", "Jun01 12:00:00").empty());
  CHECK(at("2026-06-01", "Jun  1 12:00:00 x").empty());
  // In Auckland it is already next year's day.
  CHECK(at("2026-12-30T12:00:00Z", "Jan  1 00:30:00", "Pacific/Auckland") ==
        "2026-12-31T11:30:00Z");
  CHECK(at("2026-12-31T00:00:00", "Jan  1 00:00:00", "-05:00") == "2027-01-01T05:00:00Z");
  CHECK(read(times({{"%m-%d %H:%M %z"}, {}, "2026-12-31T00:00Z"}), "01-01 01:00 +0200") ==
        "2026-12-31T23:00:00Z");
}

TEST_CASE("the reference is the start of the run unless it is given") {
  const TimeFormat format = times({{"syslog"}, {}, {}});
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::string room;
  const Instant then = Instant::of(now - std::chrono::hours(24 * 30));
  const Value text = times({{"syslog"}, {}, {}}, true).write(then, room);
  Instant found;
  REQUIRE(format.read(text, found));
  CHECK(found.seconds == then.seconds);
}

TEST_CASE("formats are tried in turn") {
  const TimeFormat both = times({{"iso", "syslog", "unix_ms"}, "Europe/Berlin", "2026-02-01"});
  CHECK(read(both, "2026-01-31T12:00:00") == "2026-01-31T11:00:00Z");
  CHECK(read(both, "Jan 31 12:00:00") == "2026-01-31T11:00:00Z");
  CHECK(read(both, "1769903999500") == "2026-01-31T23:59:59.5Z");
  CHECK(both.problem("x") ==
        "expected a time such as 2026-01-31T23:59:59Z or a time such as 'Jan 31 23:59:59' or "
        "milliseconds since 1970, got 'x'");
}

TEST_CASE("why a value is no time") {
  const auto why = [](const char* format, const Value& value) {
    return times({{format}, {}, {}}).problem(value);
  };
  CHECK(why("%d/%b/%Y", "x") == "expected a time such as '%d/%b/%Y', got 'x'");
  CHECK(why("%d/%b/%Y", Value()) == "expected a time such as '%d/%b/%Y', got nothing");
  CHECK(why("auto", "x\ny") == "expected a time such as 2026-01-31T23:59:59Z, got 'x y'");
  CHECK(why("auto", Value(std::int64_t{1'499'816'949'500})) ==
        "expected seconds since 1970, got 1499816949500 ('format: unix_ms' reads milliseconds)");
  CHECK(why("unix", "x") == "expected seconds since 1970, got 'x'");
  CHECK(why("iso", "1600-01-01") == "expected a time of the years 1678 to 2261, got 1600-01-01");
  CHECK(TimeFormat().problem(Value(1e12)) == why("auto", Value(1e12)));
  CHECK(TimeFormat().problem("") == why("auto", ""));
}

TEST_CASE("a time is written") {
  CHECK(written(kThen, "iso") == "2026-01-31T23:59:59.5Z");
  CHECK(written(kThen, "auto") == "2026-01-31T23:59:59.5Z");
  CHECK(written(kThen, "iso", "Europe/Berlin") == "2026-02-01T00:59:59.5+01:00");
  CHECK(written(kThen, "iso", "-05:30") == "2026-01-31T18:29:59.5-05:30");
  CHECK(written({-1, 0}, "iso") == "1969-12-31T23:59:59Z");
  CHECK(written({Instant::kFirst, 1}, "iso") == "0001-01-01T00:00:00.000000001Z");
  CHECK(written(kThen, "unix") == "1769903999.5");
  CHECK(written({5, 0}, "unix") == "5");
  CHECK(written(kThen, "unix_ms") == "1769903999500");
  CHECK(written({-1, 999'000'000}, "unix_ms") == "-1");
  CHECK(written(kThen, "unix_ns") == "1769903999500000000");
  CHECK(written(kThen, "rfc2822") == "Sat, 31 Jan 2026 23:59:59 +0000");
  CHECK(written({0, 0}, "syslog") == "Jan  1 00:00:00");
  CHECK(written(kThen, "common_log", "Asia/Kathmandu") == "01/Feb/2026:05:44:59 +0545");
  CHECK(written(kThen, "%y %j %U %W %V %G %u %e %I %p %A %B %Z %s %f %3f %6f %9f %n%t%%") ==
        "26 031 04 04 05 2026 6 31 11 PM Saturday January UTC 1769903999 5 500 500000 500000000 "
        "\n\t%");
  CHECK(written({5, 0}, "%T.%f") == "00:00:05.0");
  CHECK(written({5, 0}, "%F %T %Z", "America/New_York") == "1969-12-31 19:00:05 EST");
  CHECK(written({5, 0}, "%T %z %Z", "-02:30") == "21:30:05 -0230 -02:30");
}

TEST_CASE("what is wrong with a format, a zone, a reference") {
  const auto format = [](const char* text) { return problem_of({{text}, {}, {}}); };
  CHECK(format("rfc822") ==
        "unknown format 'rfc822' [near rfc822] [a format of one's own has conversions such as "
        "'%Y']");
  CHECK(format("") == "expected a format, got empty text");
  CHECK(format("%d %Q") == "unknown conversion '%Q' @3");
  CHECK(format("%d%") == "unknown conversion '%' @2");
  CHECK(format("%d%5f") == "unknown conversion '%5f' @2");
  CHECK(format("%ü") == "unknown conversion '%ü' @0");
  CHECK(format("%F %R") == "unknown conversion '%R' @3 [write '%H:%M']");
  CHECK(format("%Y-%j") == "a format that is read takes no '%j' @3");
  CHECK(format("%H:%M") == "missing '%d'");
  CHECK(format("%d %Y") == "missing '%m'");
  CHECK(format("%F %I") == "missing '%p'");
  CHECK(format("%F %p") == "missing '%I'");
  CHECK(format("%F %M") == "missing '%H'");
  CHECK(format("%F %H %S") == "missing '%M'");
  CHECK(format("%F %H:%M %f") == "missing '%S'");
  CHECK(problem_of({{}, {}, {}}) == "expected 1 to 8 formats, got '0'");
  CHECK(problem_of({std::vector<std::string>(9, "iso"), {}, {}}) ==
        "expected 1 to 8 formats, got '9'");
  CHECK(problem_of({{"iso", "unix"}, {}, {}}, true) == "expected 1 to 1 formats, got '2'");
  CHECK(problem_of({{"iso"}, "Europe/Berln", {}}) ==
        "unknown zone 'Europe/Berln' [near Europe/Berln] [write it as Europe/Berlin, UTC, local or "
        "+02:00]");
  for (const char* zone :
       {"", "/etc/passwd", "file:/etc/localtime", "../zoneinfo/UTC", "localtime", "+25:00",
        "+02:60", "+2:00", "+02", "Z", "zone.tab", "Europe/", "Europe"}) {
    INFO(zone);
    CHECK(problem_of({{"iso"}, zone, {}}).find("unknown zone") == 0);
  }
  for (const char* zone :
       {"UTC", "local", "+02:00", "-0230", "Etc/GMT+5", "America/Port-au-Prince"}) {
    CHECK(problem_of({{"iso"}, zone, {}}).empty());
  }
  CHECK(problem_of({{"iso"}, {}, "now"}) == "'reference' needs a format without a year");
  CHECK(problem_of({{"iso", "syslog"}, {}, "now"}).empty());
  CHECK(problem_of({{"syslog"}, {}, "soon"}) == "expected an ISO time or now, got 'soon'");
}

TEST_CASE("what depends on when or where the run is says so") {
  const auto chances = [](const TimeSpec& spec) {
    TimeProblem problem;
    return time_language().compile(spec, problem)->chances().size();
  };
  CHECK(chances({{"iso"}, {}, {}}) == 0);
  CHECK(chances({{"syslog"}, {}, {}}) == 1);
  CHECK(chances({{"%m-%d"}, {}, "now"}) == 1);
  CHECK(chances({{"syslog"}, {}, "2026-02-01"}) == 0);
  CHECK(chances({{"syslog"}, "local", {}}) == 2);
  CHECK(chances({{"syslog"}, "Europe/Berlin", "2026-02-01"}) == 0);
}

}  // namespace weir::stages::test
