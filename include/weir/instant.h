#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace weir {

/// A point in time of the years 1 to 9999: seconds since 1970, rounded down, and nanoseconds from
/// there on.
struct Instant {
  static constexpr std::int64_t kFirst = -62'135'596'800;  ///< 0001-01-01
  static constexpr std::int64_t kEnd = 253'402'300'800;    ///< 10000-01-01

  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;

  /// Returns whether the seconds are those of a time at all.
  constexpr bool in_range() const { return seconds >= kFirst && seconds < kEnd; }

  /// Returns the nanoseconds since 1970; nothing outside the years 1678 to 2261, the range of
  /// nanoseconds in 64 bits.
  constexpr std::optional<std::chrono::nanoseconds> since_1970() const {
    constexpr std::int64_t kFirstCounted = -9'214'560'000;  // 1678-01-01
    constexpr std::int64_t kEndCounted = 9'214'646'400;     // 2262-01-01
    if (seconds < kFirstCounted || seconds >= kEndCounted) return std::nullopt;
    return std::chrono::nanoseconds(seconds * 1'000'000'000 + nanoseconds);
  }
  static constexpr Instant of(std::chrono::nanoseconds since_1970) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_1970);
    return {std::int64_t{seconds.count()},
            static_cast<std::int32_t>((since_1970 - seconds).count())};
  }

  friend auto operator<=>(const Instant&, const Instant&) = default;
};

namespace detail {

/// Writes `number` with exactly `digits` digits.
inline char* write_digits(char* out, std::int64_t number, int digits) {
  for (int i = digits; i-- > 0; number /= 10) out[i] = static_cast<char>('0' + number % 10);
  return out + digits;
}

/// Writes a fraction of a second with as many digits as it needs, at least one.
inline char* write_fraction(char* out, std::int32_t nanoseconds) {
  char* end = write_digits(out, nanoseconds, 9);
  while (end > out + 1 && end[-1] == '0') --end;
  return end;
}

/// Appends the time `offset` seconds east of UTC, as RFC 3339 has it: 2026-01-31T23:59:59.5Z, with
/// +01:00 for an offset of an hour.
inline void append_iso(std::string& out, const Instant& time, int offset = 0) {
  using std::chrono::days;
  offset -= offset % 60;
  const std::int64_t local = time.seconds + offset;
  const auto day = std::chrono::floor<days>(std::chrono::seconds(local));
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::int64_t second = local - std::int64_t{day.count()} * 86'400;
  char text[48];
  char* at = write_digits(text, static_cast<int>(date.year()), 4);
  *at++ = '-';
  at = write_digits(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  at = write_digits(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  at = write_digits(at, second / 3600, 2);
  *at++ = ':';
  at = write_digits(at, second / 60 % 60, 2);
  *at++ = ':';
  at = write_digits(at, second % 60, 2);
  if (time.nanoseconds != 0) {
    *at++ = '.';
    at = write_fraction(at, time.nanoseconds);
  }
  if (offset == 0) {
    *at++ = 'Z';
  } else {
    *at++ = offset < 0 ? '-' : '+';
    const int minutes = (offset < 0 ? -offset : offset) / 60;
    at = write_digits(at, minutes / 60, 2);
    *at++ = ':';
    at = write_digits(at, minutes % 60, 2);
  }
  out.append(text, at);
}

}  // namespace detail

}  // namespace weir
