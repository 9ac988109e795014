#include "stages/core/window/window_time.h"

#include <chrono>
#include <cstdio>
#include <string>

namespace weir::stages::core {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// Returns a time as text, such as 2026-01-31T23:59:59.5Z.
std::string rfc3339(std::int64_t time) {
  using std::chrono::days;
  const std::int64_t seconds = floor_time(time, kSecond) / kSecond;
  const std::int64_t day = floor_time(seconds, 86'400) / 86'400;
  const std::chrono::year_month_day date{std::chrono::sys_days(days(day))};
  const auto second = static_cast<int>(seconds - day * 86'400);
  const auto fraction = static_cast<int>(time - seconds * kSecond);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                second / 3600, second / 60 % 60, second % 60);
  std::string shown = text;
  if (fraction != 0) {
    std::snprintf(text, sizeof text, ".%09d", fraction);
    shown += text;
    shown.erase(shown.find_last_not_of('0') + 1);
  }
  return shown + 'Z';
}

}  // namespace

Value time_value(std::int64_t time, bool number, Record& record) {
  if (!number) return Value(record.copy(rfc3339(time)));
  if (time % kSecond == 0) return Value(time / kSecond);
  return Value(static_cast<double>(time) / static_cast<double>(kSecond));
}

}  // namespace weir::stages::core
