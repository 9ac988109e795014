#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/time_format.h"

namespace weir::stages::lua {

/// The time formats with which `time` and `format_time` were called, compiled once each. Not for
/// use by two threads.
class Times {
 public:
  /// Returns the format of that name or with those conversions, to read or to write; null if there
  /// is none, and then fills `problem`. An empty zone is UTC.
  const TimeFormat* find(std::string_view format, std::string_view zone, bool write);
  const TimeProblem& problem() const { return problem_; }

 private:
  // Formats that are made from records must not pile up.
  static constexpr std::size_t kKept = 64;

  struct Known {
    std::string format;
    std::string zone;
    bool write = false;
    TimeFormat compiled;
  };

  std::vector<Known> known_;
  TimeProblem problem_;
};

}  // namespace weir::stages::lua
