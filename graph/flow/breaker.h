#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "graph/spec/call_policy.h"

namespace weir {

using Clock = std::chrono::steady_clock;

/// A circuit breaker (Nygard, Release It!): closed, it lets every call through; `failures` failed
/// calls `within` a sliding time open it, and calls are refused at once; after `cooldown` it is
/// half open: one call at a time goes through as a probe, whose success closes it and whose failure
/// opens it for another cooldown.
///
/// A call brings its pass back with its verdict. Verdicts on passes from before the state last
/// changed are ignored: what a call from before the outage says late is neither a probe's success
/// nor its failure. Not thread-safe. Remembers at most `failures` moments.
class Breaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };
  /// 0: refused.
  using Pass = std::uint64_t;

  explicit Breaker(const BreakerPolicy& policy) : policy_(policy) {}

  /// Asks for a call. Each pass must end in `succeeded`, `failed` or `cancelled`.
  [[nodiscard]] Pass allow(Clock::time_point now);
  void succeeded(Pass pass);
  void failed(Clock::time_point now, Pass pass);
  /// The call ended without a verdict; if it was the probe, the next call is one.
  void cancelled(Pass pass);

  State state(Clock::time_point now) const;
  /// When the next probe may go; nothing while closed, or while a probe is out.
  std::optional<Clock::time_point> next_probe() const;
  /// How often it opened.
  std::uint64_t openings() const { return openings_; }

 private:
  void open(Clock::time_point now);

  const BreakerPolicy policy_;
  bool closed_ = true;
  bool probing_ = false;
  Pass epoch_ = 1;  ///< Changes with the state, so that old passes no longer count.
  Clock::time_point probe_at_{};
  std::deque<Clock::time_point> failures_;
  std::uint64_t openings_ = 0;
};

}  // namespace weir
