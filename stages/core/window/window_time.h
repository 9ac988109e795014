#pragma once

#include <cstdint>
#include <limits>

#include "weir/record.h"

namespace weir::stages::core {

// Times are nanoseconds since 1970.

/// Returns `time` plus `more`, clamped to the range of std::int64_t.
constexpr std::int64_t add_time(std::int64_t time, std::int64_t more) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(time, more, &sum)) return sum;
  return more < 0 ? std::numeric_limits<std::int64_t>::min()
                  : std::numeric_limits<std::int64_t>::max();
}

/// Returns the last multiple of `step` that is not after `time`.
constexpr std::int64_t floor_time(std::int64_t time, std::int64_t step) {
  const std::int64_t rest = time % step;
  return add_time(time, rest < 0 ? -(rest + step) : -rest);
}

/// Returns a time as a value of `record`: seconds if `number`, else RFC 3339 text in UTC.
Value time_value(std::int64_t time, bool number, Record& record);

}  // namespace weir::stages::core
