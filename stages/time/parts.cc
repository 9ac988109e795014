#include "stages/time/parts.h"

#include <utility>

namespace weir::stages::time {

Completion::Completion(Zone zone, std::int64_t reference)
    : zone_(std::move(zone)), last_(reference + kAhead) {
  // Somewhere on earth it is already a day later.
  last_year_ = day_of(floor_of(last_ + 86'400, 86'400)).year;
}

std::int64_t Completion::seconds_of(const Parts& parts) const {
  const std::int64_t local = days_of({parts.year, parts.month, parts.day}) * 86'400 +
                             parts.hour * 3600 + parts.minute * 60 + parts.second;
  return parts.offset ? local - *parts.offset : zone_.utc_of(local);
}

bool Completion::find_year(Parts& parts, std::int64_t& seconds) const {
  // A leap day comes once in eight years at least.
  for (parts.year = last_year_; parts.year > last_year_ - 10 && parts.year >= 1; --parts.year) {
    if (parts.day > days_in(parts.year, parts.month)) continue;
    seconds = seconds_of(parts);
    if (seconds <= last_) return true;
  }
  return false;
}

bool Completion::complete(Parts parts, Instant& out) const {
  out.nanoseconds = parts.second == 60 ? 0 : parts.nanoseconds;
  if (parts.epoch) {
    out.seconds = *parts.epoch;
    return out.in_range();
  }
  if (parts.year == Parts::kNoYear) {
    return find_year(parts, out.seconds) && out.in_range();
  }
  if (parts.year < 1 || parts.day > days_in(parts.year, parts.month)) return false;
  out.seconds = seconds_of(parts);
  return out.in_range();
}

}  // namespace weir::stages::time
