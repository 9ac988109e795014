#include "graph/flow/call/hedges.h"

#include "graph/flow/input/attempt_owner.h"

namespace weir::flow {

void Hedges::arm(Slot& slot, Clock::time_point now) {
  if (!policy_ || slot.call.hedges >= policy_->extra) return;
  std::optional<std::chrono::nanoseconds> after = policy_->after;
  if (policy_->percentile > 0) after = latencies_.percentile(policy_->percentile);
  if (!after) return;
  slot.call.step.kind = CallTimer::kStep;
  timers_.set(slot.call.step, time_after(now, *after));
}

void Hedges::disarm(Slot& slot) {
  timers_.drop(slot.call.step);
  due_.erase({slot.number, &slot});
}

}  // namespace weir::flow
