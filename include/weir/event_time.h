#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "weir/value.h"

namespace weir {

namespace detail {

/// Reads an ISO 8601 time piece by piece.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  /// Reads the whole text: seconds since 1970, and nanoseconds from there on. Returns false if the
  /// text is no time of the years 0 to 9999.
  bool read(std::int64_t& seconds, std::int64_t& fraction) {
    seconds = fraction = 0;
    if (!date(seconds)) return false;
    if (text_.empty()) return true;
    if (!take('T') && !take('t') && !take(' ')) return false;
    return clock(seconds, fraction) && zone(seconds) && text_.empty();
  }

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
    if (!number(4, 0, 9999, year) || !take('-') || !number(2, 1, 12, month) || !take('-') ||
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
    if (text_.empty() || take('Z') || take('z')) return true;
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
};

}  // namespace detail

/// Returns the time that a field states, as nanoseconds since 1970. A number is in seconds; a text
/// is an ISO 8601 time (`2026-01-31`, `2026-01-31T23:59:59.5Z`, `2026-01-31 23:59+02:00`), in UTC
/// if it names no zone. Returns nothing if the value is no time, or if it is outside the years 1678
/// to 2261, the range of nanoseconds in 64 bits.
inline std::optional<std::chrono::nanoseconds> event_time(const Value& value) {
  constexpr std::int64_t kMost = 9'200'000'000;    // The largest number of seconds that is taken.
  constexpr std::int64_t kFirst = -9'214'560'000;  // 1678-01-01
  constexpr std::int64_t kEnd = 9'214'646'400;     // 2262-01-01
  std::int64_t time = 0;
  std::int64_t fraction = 0;
  switch (value.type()) {
    case ValueType::integer:
      time = value.as_integer();
      if (time > kMost || time < -kMost) return std::nullopt;
      return std::chrono::nanoseconds(time * 1'000'000'000);
    case ValueType::real:
      if (!(std::fabs(value.as_real()) <= static_cast<double>(kMost))) return std::nullopt;
      return std::chrono::nanoseconds(std::llround(value.as_real() * 1e9));
    case ValueType::text:
      if (!detail::TimeReader(value.as_text()).read(time, fraction)) return std::nullopt;
      if (time < kFirst || time >= kEnd) return std::nullopt;
      return std::chrono::nanoseconds(time * 1'000'000'000 + fraction);
    default:
      return std::nullopt;
  }
}

}  // namespace weir
