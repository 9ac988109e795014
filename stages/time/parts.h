#pragma once

#include <cstdint>
#include <optional>

#include "stages/time/civil.h"
#include "stages/time/zone.h"
#include "weir/instant.h"

namespace weir::stages::time {

/// The parts of a time as a text states them.
struct Parts {
  static constexpr int kNoYear = -1;

  int year = kNoYear;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;  ///< 60 is the first of the next minute.
  std::int32_t nanoseconds = 0;
  std::optional<int> offset;          ///< Seconds east of UTC.
  std::optional<std::int64_t> epoch;  ///< Seconds since 1970, in place of all above.
};

/// Makes times of parts: adds what a text leaves open.
class Completion {
 public:
  Completion() = default;
  /// `reference`: seconds since 1970.
  Completion(Zone zone, std::int64_t reference);

  /// Returns false if the parts are no time of the years 1 to 9999.
  bool complete(Parts parts, Instant& out) const;
  const Zone& zone() const { return zone_; }

 private:
  /// The latest year that leaves a time at most that far past the reference counts.
  static constexpr std::int64_t kAhead = 86'400;

  std::int64_t seconds_of(const Parts& parts) const;
  bool find_year(Parts& parts, std::int64_t& seconds) const;

  Zone zone_;
  std::int64_t last_ = 0;  ///< The latest second of a text without a year.
  int last_year_ = 0;      ///< No year after it may be meant.
};

}  // namespace weir::stages::time
