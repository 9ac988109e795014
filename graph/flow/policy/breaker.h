#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "graph/compile/plan/call_policy.h"

namespace weir::flow {

using Clock = std::chrono::steady_clock;

/// A circuit breaker (Nygard, Release It!). Closed, it lets every call through. When `failures`
/// calls fail `within` a sliding time, it opens, and calls are refused at once. After `cooldown` it
/// is half open: one call at a time goes through as a probe, whose success closes it and whose
/// failure opens it for another cooldown.
///
/// A call returns its grant with its verdict. Verdicts on grants from before the last change of
/// state are ignored: a late answer to a call from before the outage is neither a probe's success
/// nor its failure. Not thread-safe. Stores at most `failures` times.
class Breaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };
  /// 0 means refused.
  using Grant = std::uint64_t;

  explicit Breaker(const compile::BreakerPolicy& policy) : policy_(policy) {}

  /// Asks for permission for a call. Each grant must end in `succeeded`, `failed` or `cancelled`.
  [[nodiscard]] Grant allow(Clock::time_point now);
  void succeeded(Grant grant);
  void failed(Clock::time_point now, Grant grant);
  /// Ends a call without a verdict. If it was the probe, the next call is one.
  void cancelled(Grant grant);

  State state(Clock::time_point now) const;
  /// Returns when the next probe may start; nothing while closed, or while a probe runs.
  std::optional<Clock::time_point> next_probe() const;
  /// Returns how often the breaker opened.
  std::uint64_t openings() const { return openings_; }

 private:
  void open(Clock::time_point now);

  const compile::BreakerPolicy policy_;
  bool closed_ = true;
  bool probing_ = false;
  Grant epoch_ = 1;  ///< Changes with the state, so that old grants no longer count.
  Clock::time_point probe_at_{};
  std::deque<Clock::time_point> failures_;
  std::uint64_t openings_ = 0;
};

}  // namespace weir::flow
