#include "graph/flow/input/ordered_queue.h"

#include <algorithm>
#include <chrono>

namespace weir::flow {

OrderedQueue::OrderedQueue(RunContext& context, const compile::Region& region)
    : context_(context), region_(region) {}

/// Lets the records at the front leave that are done.
bool OrderedQueue::promote(Clock::time_point now) {
  note_hold(now);
  bool leaves = false;
  while (!waiting_.empty() && waiting_.front()->state == Slot::State::done) {
    let_leave(*waiting_.front());
    leaves = true;
  }
  front_since_ = now;
  return leaves;
}

bool OrderedQueue::remove(Slot& slot, Clock::time_point now) {
  if (slot.leaving) {
    out_.remove(slot);
    publish();
    return false;
  }
  waiting_.remove(slot);
  return region_.order == compile::Order::input && promote(now);
}

/// Notes for how long others waited for the slot at the front, which is done.
void OrderedQueue::note_hold(Clock::time_point now) {
  if (waiting_.size() < 2) return;
  const Slot& front = *waiting_.front();
  const auto since = std::max(front_since_, front.entered);
  if (std::chrono::duration<double>(now - since).count() <= longest_.seconds) return;
  longest_ = head(front, Doing::running, now);
}

HeadOfLine OrderedQueue::head(const Slot& slot, Doing doing, Clock::time_point now) const {
  const auto since = std::max(front_since_, slot.entered);
  HeadOfLine head{
      context_.plan.stages[region_.first].name, context_.origin(slot.input),
      context_.parts.get(slot.input.part).name, doing,
      std::max(slot.call.attempts, 1),          std::chrono::duration<double>(now - since).count()};
  head.holds = region_.order == compile::Order::input;
  return head;
}

}  // namespace weir::flow
