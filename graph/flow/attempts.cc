// How a CallStage begins attempts: all under its lock. See answers.cc for what becomes of them.

#include <algorithm>
#include <csignal>

#include "graph/flow/call_stage.h"
#include "graph/flow/slab_allocator.h"

namespace weir {

/// Tries to begin an attempt. False: it has to wait, and so have all behind it.
bool CallStage::begin(Slot& slot, Actions& actions) {
  Breaker::Pass pass = 0;
  if (breaker_) {
    pass = breaker_->allow(now_);
    if (pass == 0) {
      unqueue(slot);
      attempt_failed(slot, {"breaker", "the breaker is open"}, true, {}, actions);
      return true;
    }
  }
  const auto not_now = [&] {
    if (breaker_) breaker_->cancelled(pass);
    return false;
  };
  if (!permits_->fits(slot.cost) || (slot.starved && !is_oldest(slot))) return not_now();
  if (rate_) {
    rate_at_ = rate_->take_in_turn(now_, this, slot.rank.place);
    if (rate_at_) return not_now();
  }
  auto attempt = make_attempt(slot, false);
  if (!attempt) {
    if (rate_) rate_->give_back();
    memory_short_ = true;
    if (!is_oldest(slot)) return not_now();
    // Not even the reserve: what was written off holds it.
    not_now();
    unqueue(slot);
    fail(slot, {"memory", "limits.memory leaves no room for an attempt"}, actions);
    return true;
  }
  unqueue(slot);
  if (policy_.deadline && !slot.deadline.set()) {
    slot.deadline_at = now_ + *policy_.deadline;
    slot.deadline.kind = kDeadline;
    timers_.set(slot.deadline, slot.deadline_at);
  }
  hedge_budget_.call();
  if (slot.failed > 0) ++report_.retries;
  start(slot, std::move(attempt), pass);
  arm_hedge(slot);
  return true;
}

/// Null: there is no memory for it now. The oldest record's may use the reserve.
std::shared_ptr<Attempt> CallStage::make_attempt(Slot& slot, bool hedge) {
  for (const Lane lane : {Lane::normal, Lane::reserve}) {
    if (lane == Lane::normal && slot.starved) continue;
    if (lane == Lane::reserve && (hedge || !is_oldest(slot))) break;
    try {
      // The state of a key moves on with the call, which then cannot be made again.
      const Lane of_call = keyed_ ? Lane::reserve : lane;
      auto attempt =
          std::allocate_shared<Attempt>(SlabAllocator<Attempt>(slabs_, lane), *this, slot,
                                        slot.attempts + 1, slabs_, of_call, policy_.fenced());
      attempt->hedge = hedge;
      return attempt;
    } catch (const detail::OutOfMemory&) {
    }
  }
  return nullptr;
}

void CallStage::start(Slot& slot, std::shared_ptr<Attempt> attempt, Breaker::Pass pass) {
  slot.state = Slot::State::running;
  ++slot.attempts;
  ++report_.attempts;
  attempt->began = now_;
  attempt->pass = pass;
  attempt->cost = slot.cost;
  if (slot.key) attempt->key_state = slot.key->state;
  permits_->used += slot.cost;
  ++running_;
  ++permits_->running;
  report_.peak_workers = std::max(report_.peak_workers, running_);
  if (policy_.timeout) timers_.set(attempt->timeout, now_ + *policy_.timeout);
  slot.running.push_back(attempt);
  if (chaos_) {
    attempt->fault = chaos_->decide(stage_, slot.input.part, slot.input.position, attempt->number);
    if (attempt->fault.latency.count() > 0) {
      attempt->delayed = true;
      timers_.set(attempt->wake, now_ + attempt->fault.latency);
      return;
    }
  }
  launch(std::move(attempt));
}

void CallStage::launch(std::shared_ptr<Attempt> attempt) {
  if (attempt->fault.act == Fault::Act::hang) return;
  if (attempt->fault.act == Fault::Act::kill) std::raise(SIGKILL);
  if (async_ || attempt->fault.act == Fault::Act::error) {
    to_begin_.push_back(std::move(attempt));
  } else {
    threads_->run(std::move(attempt), permits_->limit.limit());
  }
}

void CallStage::arm_hedge(Slot& slot) {
  if (!policy_.hedge || slot.hedges >= policy_.hedge->extra) return;
  std::optional<std::chrono::nanoseconds> after = policy_.hedge->after;
  if (policy_.hedge->percentile > 0) after = latencies_.percentile(policy_.hedge->percentile);
  if (!after) return;
  slot.step.kind = kStep;
  timers_.set(slot.step, now_ + *after);
}

/// A further attempt beside a slow one, if there is a permit, a token and memory: it never waits.
void CallStage::hedge(Slot& slot) {
  if (permits_->used + slot.cost > static_cast<std::uint64_t>(permits_->limit.limit())) return;
  Breaker::Pass pass = 0;
  if (breaker_ && (pass = breaker_->allow(now_)) == 0) return;
  const auto give_up = [&] {
    if (breaker_) breaker_->cancelled(pass);
  };
  if (!hedge_budget_.take()) return give_up();
  if (rate_ && rate_->take_in_turn(now_, &slot, slot.rank.place)) {
    rate_->withdraw(&slot);
    return give_up();
  }
  auto attempt = make_attempt(slot, true);
  if (!attempt) {
    if (rate_) rate_->give_back();
    return give_up();
  }
  ++slot.hedges;
  ++report_.hedges;
  start(slot, std::move(attempt), pass);
  arm_hedge(slot);
}

}  // namespace weir
