#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "weir/instant.h"
#include "weir/value.h"

namespace weir {

namespace detail {

/// Reads an ISO 8601 time piece by piece.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  /// Reads the whole text: seconds since 1970, and nanoseconds from there on. Returns false if the
  /// text is no time of the years 1 to 9999.
  bool read(std::int64_t& seconds, std::int64_t& fraction) {
    seconds = fraction = 0;
    if (!date(seconds)) return false;
    if (text_.empty()) return true;
    if (!take('T') && !take('t') && !take(' ')) return false;
    return clock(seconds, fraction) && zone(seconds) && text_.empty();
  }
  /// Returns whether the text that was read names its offset from UTC.
  bool has_offset() const { return has_offset_; }

 private:
  bool take(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Reads exactly `digits` digits as a number from `min` to `max`.
  bool number(std::size_t digits, int min, int max, int& out) {
    if (text_.size() < digits) return false;
    out = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return false;
      out = out * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return out >= min && out <= max;
  }
  bool date(std::int64_t& seconds) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!number(4, 1, 9999, year) || !take('-') || !number(2, 1, 12, month) || !take('-') ||
        !number(2, 1, 31, day)) {
      return false;
    }
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    seconds = 86'400 * std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()};
    return date.ok();
  }
  bool clock(std::int64_t& seconds, std::int64_t& fraction) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!number(2, 0, 23, hour) || !take(':') || !number(2, 0, 59, minute)) return false;
    if (take(':')) {
      if (!number(2, 0, 60, second)) return false;  // 60: a leap second
      if ((take('.') || take(',')) && !decimals(fraction)) return false;
      if (second == 60) fraction = 0;  // The next minute has begun.
    }
    seconds += hour * 3600 + minute * 60 + second;
    return true;
  }
  /// Reads the digits after the point as nanoseconds; ignores further digits.
  bool decimals(std::int64_t& fraction) {
    int digit = 0;
    int digits = 0;
    for (std::int64_t unit = 100'000'000; number(1, 0, 9, digit); unit /= 10, ++digits) {
      fraction += digit * unit;
    }
    return digits > 0;
  }
  bool zone(std::int64_t& seconds) {
    if (text_.empty()) return true;
    has_offset_ = true;
    if (take('Z') || take('z')) return true;
    const int sign = take('-') ? -1 : take('+') ? 1 : 0;
    int hours = 0;
    int minutes = 0;
    if (sign == 0 || !number(2, 0, 23, hours)) return false;
    take(':');
    if (!text_.empty() && !number(2, 0, 59, minutes)) return false;
    seconds -= sign * (hours * 3600 + minutes * 60);
    return true;
  }

  std::string_view text_;
  bool has_offset_ = false;
};

/// Returns the time that a number of seconds is; false if it is none of the years 1 to 9999. Behind
/// the point, a double of today's seconds has no more than the microseconds.
inline bool instant_of(double seconds, Instant& out) {
  constexpr double kPrecise = 1'048'576;  // Up to here a double has nanoseconds.
  if (!(seconds >= static_cast<double>(Instant::kFirst) &&
        seconds < static_cast<double>(Instant::kEnd))) {
    return false;
  }
  const double whole = std::floor(seconds);
  const double fraction = seconds - whole;
  std::int64_t nanoseconds = std::fabs(seconds) < kPrecise ? std::llround(fraction * 1e9)
                                                           : std::llround(fraction * 1e6) * 1000;
  out.seconds = static_cast<std::int64_t>(whole);
  if (nanoseconds == 1'000'000'000) {
    ++out.seconds;
    nanoseconds = 0;
  }
  out.nanoseconds = static_cast<std::int32_t>(nanoseconds);
  return out.in_range();
}

/// Reads a time by format `auto`: ISO 8601 text, or a number of seconds since 1970. One above 1e11,
/// of the year 5138, is taken for milliseconds and refused.
inline bool read_auto(const Value& value, Instant& out) {
  constexpr std::int64_t kMost = 100'000'000'000;
  std::int64_t fraction = 0;
  switch (value.type()) {
    case ValueType::integer:
      out = {value.as_integer(), 0};
      return out.seconds >= Instant::kFirst && out.seconds <= kMost;
    case ValueType::real:
      return instant_of(value.as_real(), out) && out.seconds <= kMost;
    case ValueType::text:
      if (!TimeReader(value.as_text()).read(out.seconds, fraction)) return false;
      out.nanoseconds = static_cast<std::int32_t>(fraction);
      return out.in_range();
    default:
      return false;
  }
}

}  // namespace detail

/// Returns the time that a field states, as nanoseconds since 1970. A number is in seconds; a text
/// is an ISO 8601 time (`2026-01-31`, `2026-01-31T23:59:59.5Z`, `2026-01-31 23:59+02:00`), in UTC
/// if it names no zone. Returns nothing if the value is no time, or if it is outside the years 1678
/// to 2261, the range of nanoseconds in 64 bits.
inline std::optional<std::chrono::nanoseconds> event_time(const Value& value) {
  Instant time;
  if (!detail::read_auto(value, time)) return std::nullopt;
  return time.since_1970();
}

}  // namespace weir
