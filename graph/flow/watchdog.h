#pragma once

#include <chrono>
#include <cstdint>

namespace weir::flow {

/// Detects that a run is stuck: for `patience` no token has ended, no node's body has run, and the
/// source was not waiting for the outside world.
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Watchdog(std::chrono::milliseconds patience) : patience_(patience) {}

  /// Returns whether the run is stuck. Call it many times within `patience`.
  bool stuck(std::uint64_t ended_tokens, bool busy) {
    const auto now = Clock::now();
    if (busy || ended_tokens != seen_) {
      seen_ = ended_tokens;
      moved_ = now;
    }
    return now - moved_ > patience_;
  }

 private:
  std::chrono::milliseconds patience_;
  Clock::time_point moved_ = Clock::now();
  std::uint64_t seen_ = 0;
};

}  // namespace weir::flow
