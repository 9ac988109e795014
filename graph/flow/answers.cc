// What becomes of a CallStage's attempts. All but `answered` and `answers_after` under its lock.

#include <algorithm>

#include "graph/flow/backoff.h"
#include "graph/flow/call_stage.h"
#include "graph/flow/failure.h"
#include "weir/detail/mix64.h"

namespace weir {

using detail::RecordData;
using detail::RecordState;

namespace {

/// Threads that may hang in a call at the same time, beside two for each worker: some of them only
/// had no processor when their time was up, and come back soon.
constexpr int kMayHang = 16;

std::string shown(std::chrono::nanoseconds time) { return OptionType<Duration>::show(time); }

}  // namespace

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
  if (!failed && attempt->went_to(planned().exhausted_port)) {
    const CallError error{"loop", kExhausted};
    return attempt_failed(slot, error, false, {}, actions);
  }
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
    permits_->limit.note(attempt.began, now_, permits_->running, verdict == Verdict::good);
  }
  if (breaker_) {
    if (verdict == Verdict::good) breaker_->succeeded(attempt.pass);
    if (verdict == Verdict::bad) breaker_->failed(now_, attempt.pass);
    if (verdict == Verdict::none) breaker_->cancelled(attempt.pass);
  }
  permits_->used -= attempt.cost;
  freed_ = permits_.use_count() > 1;
  --running_;
  --permits_->running;
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
  fail_run(env_, failure_of(stage_, slot.input, slot.rank.place, "hung",
                            std::to_string(threads_->hanging()) +
                                " calls do not return though nobody waits for them any more"));
}

void CallStage::attempt_failed(Slot& slot, CallError error, bool retryable,
                               std::chrono::nanoseconds retry_after, Actions& actions) {
  ++slot.failed;
  timers_.drop(slot.step);
  if (retryable && slot.failed < policy_.retry.attempts && !abandoned_) {
    const auto jitter = detail::next_mix64(random_);
    const auto wait = std::max(backoff(policy_.retry, slot.failed, jitter), retry_after);
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
