// How a CallStage begins attempts, and what becomes of them. All but `answered` and `answers_after`
// under its lock.

#include <algorithm>
#include <csignal>

#include "graph/flow/backoff.h"
#include "graph/flow/call_stage.h"
#include "graph/flow/failure.h"
#include "graph/flow/slab_allocator.h"

namespace weir {

using detail::RecordData;
using detail::RecordState;

namespace {

/// Threads that may hang in a call at the same time, beside two for each worker: some of them only
/// had no processor when their time was up, and come back soon.
constexpr int kMayHang = 16;

std::string shown(std::chrono::nanoseconds time) { return OptionType<Duration>::show(time); }

}  // namespace

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
  if (!fits(slot.cost) || (slot.starved && !is_oldest(slot))) return not_now();
  if (rate_) {
    rate_at_ = rate_->take_in_turn(now_, this, slot.place);
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
  used_ += slot.cost;
  ++running_;
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
    threads_->run(std::move(attempt), limit_.limit());
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
  if (!fits(slot.cost) || used_ + slot.cost > static_cast<std::uint64_t>(limit_.limit())) return;
  Breaker::Pass pass = 0;
  if (breaker_ && (pass = breaker_->allow(now_)) == 0) return;
  const auto give_up = [&] {
    if (breaker_) breaker_->cancelled(pass);
  };
  if (!hedge_budget_.take()) return give_up();
  if (rate_ && rate_->take_in_turn(now_, &slot, slot.place)) {
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

// What becomes of attempts.

void CallStage::answered(std::shared_ptr<Attempt> attempt) noexcept {
  Actions actions;
  {
    const Locked lock(*this);
    take_answer(attempt, actions);
    schedule(actions);
  }
  perform(actions);
}

void CallStage::answers_after(std::shared_ptr<Attempt> attempt,
                              std::chrono::nanoseconds time) noexcept {
  Actions actions;
  {
    const Locked lock(*this);
    if (attempt->state == Attempt::State::running) {
      timers_.set(attempt->wake, now_ + time);
      tell_loop(actions);
    } else {
      ++report_.late;
    }
  }
  perform(actions);
}

void CallStage::take_answer(const std::shared_ptr<Attempt>& attempt, Actions& actions) {
  if (attempt->state != Attempt::State::running) {
    ++report_.late;
    return;
  }
  attempt->state = Attempt::State::answered;
  Slot& slot = *attempt->slot;
  slot.busy_ns += attempt->busy_ns;
  const RecordData& record = attempt->data();
  if (attempt->starved.load(std::memory_order_relaxed)) {
    detach(*attempt, Verdict::none);
    memory_short_ = true;
    if (!slot.running.empty()) return;
    timers_.drop(slot.step);
    slot.starved = true;
    --slot.attempts;
    return queue(slot);
  }
  const bool failed = record.state == RecordState::failed;
  const bool retryable = failed && record.extra->error.retryable;
  detach(*attempt, retryable ? Verdict::bad : Verdict::good);
  if (!failed) {
    latencies_.note(now_ - attempt->began);
    if (attempt->hedge) ++report_.hedges_won;
    slot.winner = attempt;
    return finish(slot, Slot::End::answered, actions);
  }
  if (!slot.running.empty() && retryable) return;  // Another attempt may still win.
  const detail::ErrorSlot& error = record.extra->error;
  attempt_failed(slot, {std::string(error.kind), std::string(error.message)}, retryable,
                 error.retry_after, actions);
}

/// What an attempt says of the service behind it is noted, its permit and its timers are given
/// back; the slot knows it no more.
void CallStage::detach(Attempt& attempt, Verdict verdict) {
  timers_.drop(attempt.timeout);
  timers_.drop(attempt.wake);
  if (verdict != Verdict::none) {
    limit_.note(attempt.began, now_, running_, verdict == Verdict::good);
  }
  if (breaker_) {
    if (verdict == Verdict::good) breaker_->succeeded(attempt.pass);
    if (verdict == Verdict::bad) breaker_->failed(now_, attempt.pass);
    if (verdict == Verdict::none) breaker_->cancelled(attempt.pass);
  }
  used_ -= attempt.cost;
  --running_;
  Slot& slot = *attempt.slot;
  attempt.slot = nullptr;
  std::erase_if(slot.running, [&](const auto& one) { return one.get() == &attempt; });
}

/// Nobody waits for the attempt any more: what it answers is thrown away.
void CallStage::fence(const std::shared_ptr<Attempt>& attempt, Verdict verdict, Actions& actions) {
  attempt->state = Attempt::State::fenced;
  Slot& slot = *attempt->slot;
  detach(*attempt, verdict);
  if (!policy_.fenced()) {
    // Its call still reads the slot's record, which ends now without a look at it.
    slot_bytes_ -= slot.arena.capacity();
    attempt->keep_input(slot.arena);
  }
  actions.cancels.push_back(attempt);
  if (threads_ && threads_->write_off(*attempt)) {
    ++report_.written_off;
    if (threads_->hanging() > kMayHang + 2 * planned().workers.max) too_many_hang(slot);
  }
}

void CallStage::fence_all(Slot& slot, Verdict verdict, Actions& actions) {
  while (!slot.running.empty()) {
    const auto attempt = slot.running.back();
    fence(attempt, verdict, actions);
  }
}

void CallStage::too_many_hang(Slot& slot) {
  RecordFailure failure;
  failure.stage = static_cast<std::uint16_t>(stage_);
  failure.part = slot.input.part;
  failure.position = slot.input.position;
  failure.kind = "hung";
  failure.message = std::to_string(threads_->hanging()) +
                    " calls do not return though nobody waits for them any more";
  env_.fence.lower(slot.place, failure_sample(env_, failure));
  env_.stop_reading.store(true, std::memory_order_release);
}

void CallStage::attempt_failed(Slot& slot, CallError error, bool retryable,
                               std::chrono::nanoseconds retry_after, Actions& actions) {
  ++slot.failed;
  timers_.drop(slot.step);
  if (retryable && slot.failed < policy_.retry.attempts && !abandoned_) {
    const auto wait = std::max(backoff(policy_.retry, slot.failed, next_random()), retry_after);
    if (!slot.deadline.set() || now_ + wait < slot.deadline_at) {
      // What still runs of a hedge has lost: the next attempt begins anew.
      fence_all(slot, Verdict::none, actions);
      slot.state = Slot::State::backoff;
      slot.step.kind = kStep;
      timers_.set(slot.step, now_ + wait);
      return;
    }
  }
  fail(slot, std::move(error), actions);
}

std::uint64_t CallStage::next_random() {
  std::uint64_t z = (random_ += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void CallStage::stop(Slot& slot, Actions& actions) {
  timers_.drop(slot.deadline);
  timers_.drop(slot.step);
  fence_all(slot, Verdict::none, actions);
  if (slot.state == Slot::State::queued && slot.to_call) unqueue(slot);
}

void CallStage::run_timer(Timer& timer, Actions& actions) {
  switch (static_cast<TimerKind>(timer.kind)) {
    case kDeadline: {
      Slot& slot = *static_cast<Slot*>(timer.owner);
      CallError error{"deadline", "not done within " + shown(*policy_.deadline), true};
      error.fatal = keyed_;
      fence_all(slot, Verdict::bad, actions);
      return fail(slot, std::move(error), actions);
    }
    case kStep: {
      Slot& slot = *static_cast<Slot*>(timer.owner);
      return slot.state == Slot::State::running ? hedge(slot) : queue(slot);
    }
    case kTimeout: {
      const auto attempt = static_cast<Attempt*>(timer.owner)->shared_from_this();
      Slot& slot = *attempt->slot;
      fence(attempt, Verdict::bad, actions);
      if (!slot.running.empty()) return;
      CallError error{"timeout", "no answer within " + shown(*policy_.timeout)};
      error.fatal = keyed_;
      return attempt_failed(slot, std::move(error), !keyed_, {}, actions);
    }
    case kWake: {
      const auto attempt = static_cast<Attempt*>(timer.owner)->shared_from_this();
      if (!std::exchange(attempt->delayed, false)) return take_answer(attempt, actions);
      return launch(attempt);
    }
  }
}

}  // namespace weir
