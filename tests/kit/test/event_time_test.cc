#include "weir/event_time.h"

#include <catch2/catch.hpp>

namespace weir::stages::test {
namespace {

std::optional<std::int64_t> nanoseconds(const Value& value) {
  const auto time = event_time(value);
  return time ? std::optional(std::int64_t{time->count()}) : std::nullopt;
}

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

TEST_CASE("a number is a time in seconds since 1970") {
  CHECK(nanoseconds(Value(0)) == 0);
  CHECK(nanoseconds(Value(1'769'903'999)) == 1'769'903'999 * kSecond);
  CHECK(nanoseconds(Value(-1)) == -kSecond);
  CHECK(nanoseconds(Value(0.25)) == kSecond / 4);
  CHECK_FALSE(nanoseconds(Value(std::int64_t{1'769'903'999'000})));  // milliseconds
  CHECK_FALSE(nanoseconds(Value(1e300)));
  CHECK_FALSE(nanoseconds(Value(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("a text is an ISO 8601 time") {
  CHECK(nanoseconds("1970-01-01") == 0);
  CHECK(nanoseconds("2026-01-31T23:59:59Z") == 1'769'903'999 * kSecond);
  CHECK(nanoseconds("2026-01-31t23:59:59z") == 1'769'903'999 * kSecond);
  CHECK(nanoseconds("2026-01-31 23:59:59.000000001") == 1'769'903'999 * kSecond + 1);
  CHECK(nanoseconds("2026-01-31T23:59:59,5+02:00") == 1'769'896'799 * kSecond + kSecond / 2);
  CHECK(nanoseconds("2026-01-31T23:59-0130") == 1'769'909'340 * kSecond);
  CHECK(nanoseconds("2026-01-31T23:59:59.1234567899Z") == 1'769'903'999 * kSecond + 123'456'789);
  CHECK(nanoseconds("1969-12-31T23:59:59Z") == -kSecond);
  CHECK(nanoseconds("2016-12-31T23:59:60Z") == nanoseconds("2017-01-01"));
}

TEST_CASE("a time is one of those that nanoseconds can say, at the place where it was") {
  CHECK(nanoseconds("1678-01-01") == -9'214'560'000 * kSecond);
  CHECK(nanoseconds("2261-12-31T23:59:59.999999999Z") == 9'214'646'399 * kSecond + kSecond - 1);
  CHECK(nanoseconds("1677-12-31T23:00:00-01:00") == nanoseconds("1678-01-01"));
  for (const char* text : {"1677-12-31T23:59:59Z", "1678-01-01T00:00+01:00", "2262-01-01",
                           "0000-01-01", "9999-12-31T23:59:59Z", "2261-12-31T23:00:00-01:00"}) {
    INFO(text);
    CHECK_FALSE(nanoseconds(text));
  }
}

TEST_CASE("what is no time has none") {
  for (const char* text :
       {"", "now", "2026", "2026-13-01", "2026-02-30", "2026-01-31T", "2026-01-31T24:00:00",
        "2026-01-31T23:59:59.", "2026-01-31T23:59:59X", "2026-01-31T23:59:59Z ", "1600-01-01",
        "2300-01-01", "2026-1-31", "31/Jan/2026:23:59:59 +0000"}) {
    INFO(text);
    CHECK_FALSE(nanoseconds(text));
  }
  CHECK_FALSE(nanoseconds(Value()));
  CHECK_FALSE(nanoseconds(Value(true)));
  CHECK_FALSE(nanoseconds(Value::json("[1]")));
}

}  // namespace weir::stages::test
