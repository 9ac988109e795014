#pragma once

#include <chrono>

#include "graph/compile/plan/call_policy.h"
#include "graph/flow/policy/width_search.h"

namespace weir::flow {

using Clock = std::chrono::steady_clock;

/// The number of calls of a stage that may run at the same time, by the policy of `workers`:
///
/// fixed: always `min`.
///
/// gradient: the width at which the service gives the most answers per second, found by trying
/// slightly more and slightly less; see WidthSearch.
///
/// aimd: the same search, below a bound that follows additive increase and multiplicative decrease
/// (Chiu and Jain, 1989): a tenth less when a call fails, at most once in a round trip, and when
/// calls typically take longer than `target`.
///
/// The limit of either search grows only while it is used up. Not thread-safe.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(const compile::Workers& workers);

  int limit() const { return search_.width(); }
  /// Notes the end of a call that started at `began`. `in_use` is the number of permits that were
  /// in use until now, its own included.
  void note(Clock::time_point began, Clock::time_point now, int in_use, bool ok);
  /// Sets new bounds, at least 1 each, which apply at once.
  void set_bounds(int min, int max);

 private:
  const compile::Workers::Policy policy_;
  WidthSearch search_;
};

}  // namespace weir::flow
