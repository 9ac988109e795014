#pragma once

#include <optional>
#include <set>
#include <utility>

#include "graph/compile/plan/call_policy.h"
#include "graph/flow/clock/timer_heap.h"
#include "graph/flow/input/slot.h"
#include "graph/flow/policy/hedge_budget.h"
#include "graph/flow/policy/latency_window.h"

namespace weir::flow {

/// Finds the slow calls that want another attempt beside them, by `hedge:`, and limits how many of
/// these there may be.
class Hedges {
 public:
  Hedges(const std::optional<compile::HedgePolicy>& policy, int workers, TimerHeap& timers)
      : policy_(policy), budget_(policy ? policy->budget : 0, workers), timers_(timers) {}

  /// Sets the slot's timer `step` for when an attempt that begins now is slow; `due` follows then.
  void arm(Slot& slot, Clock::time_point now);
  /// Withdraws a slot that needs no hedge, or no longer does.
  void disarm(Slot& slot);
  /// Notes that a slot is slow. A hedge begins at once, or when there is a permit.
  void due(Slot& slot) { due_.emplace(slot.number, &slot); }
  /// Returns the oldest slot that wants a hedge, or null.
  Slot* front() const { return due_.empty() ? nullptr : due_.begin()->second; }
  /// Notes that a slot has got a hedge.
  void begun(Slot& slot) {
    due_.erase({slot.number, &slot});
    ++slot.call.hedges;
  }

  HedgeBudget& budget() { return budget_; }
  /// Notes the latency of a good answer.
  void note(std::chrono::nanoseconds latency) { latencies_.note(latency); }
  /// Returns the latencies of good answers in the whole run.
  const LatencyHistogram& latencies() const { return latencies_.whole_run(); }

 private:
  const std::optional<compile::HedgePolicy>& policy_;
  HedgeBudget budget_;
  LatencyWindow latencies_;
  TimerHeap& timers_;
  std::set<std::pair<std::uint64_t, Slot*>> due_;
};

}  // namespace weir::flow
