#pragma once

#include <cstdint>

namespace weir::stages::time {

/// A day of the proleptic Gregorian calendar.
struct Day {
  int year = 1970;
  int month = 1;
  int day = 1;
};

constexpr bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr int days_in(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

/// Returns the days since 1970-01-01. The year begins in March, so that the leap day is its last.
/// (Hinnant, "chrono-Compatible Low-Level Date Algorithms".)
constexpr std::int64_t days_of(const Day& date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto of_era = static_cast<unsigned>(year - era * 400);
  const auto month = static_cast<unsigned>(date.month > 2 ? date.month - 3 : date.month + 9);
  const unsigned of_year = (153 * month + 2) / 5 + static_cast<unsigned>(date.day) - 1;
  const unsigned day = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return era * 146'097 + static_cast<std::int64_t>(day) - 719'468;
}

/// Returns the day that is so many days behind 1970-01-01.
constexpr Day day_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day = static_cast<unsigned>(days - era * 146'097);
  const unsigned year = (day - day / 1460 + day / 36'524 - day / 146'096) / 365;
  const unsigned of_year = day - (365 * year + year / 4 - year / 100);
  const unsigned month = (5 * of_year + 2) / 153;
  const int first = month < 10 ? 3 : -9;
  Day found;
  found.month = static_cast<int>(month) + first;
  found.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  found.year = static_cast<int>(year + era * 400) + (found.month <= 2 ? 1 : 0);
  return found;
}

/// Returns 0 for Sunday to 6 for Saturday.
constexpr int weekday_of(std::int64_t days) {
  return static_cast<int>(days >= -4 ? (days + 4) % 7 : (days + 5) % 7 + 6);
}

/// Returns `a / b`, rounded down.
constexpr std::int64_t floor_of(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace weir::stages::time
