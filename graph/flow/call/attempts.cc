#include "graph/flow/call/attempts.h"

#include <algorithm>
#include <csignal>
#include <string>

#include "graph/flow/context/failure.h"
#include "graph/flow/memory/slab_allocator.h"
#include "graph/flow/policy/backoff.h"
#include "weir/detail/mix64.h"

namespace weir::flow {

using detail::RecordData;
using detail::RecordState;
using enum CallTimer::Kind;

namespace {

/// The number of threads that may hang in a call at the same time, beside two for each worker: some
/// of them only had no processor when their time was up, and return soon.
constexpr int kMayHang = 16;

std::string shown(std::chrono::nanoseconds time) { return OptionType<Duration>::show(time); }

}  // namespace

Attempts::Attempts(RegionInput& input, AttemptOwner& owner, CallQueue& queue, KeyTurns& turns,
                   StageCaller& caller, const std::shared_ptr<Permits>& permits, TokenBucket* rate)
    : context_(input.context()),
      input_(input),
      owner_(owner),
      queue_(queue),
      turns_(turns),
      caller_(caller),
      permits_(permits),
      rate_(rate),
      planned_(context_.plan.stages[input.stage()]),
      policy_(planned_.call),
      keyed_(planned_.type->role == Role::keyed_transform),
      replicas_(planned_.type->replicas ? planned_.type->replicas(planned_.options.get()) : 1),
      hedges_(policy_.hedge, planned_.workers.max, timers_) {
  if (policy_.breaker) breaker_.emplace(*policy_.breaker);
  if (context_.chaos_at(input.stage())) chaos_ = &context_.services.chaos->plan;
}

void Attempts::wait(Slot& slot) {
  slot.state = Slot::State::queued;
  if (turns_.by_key()) return turns_.wait(slot);
  slot.call.uncalled ? queue_.add(slot) : queue_.add_again(slot);
}

void Attempts::unqueue(Slot& slot) {
  queue_.remove(slot);
  if (turns_.by_key()) turns_.withdraw(slot);
}

// Attempts begin.

bool Attempts::begin(Slot& slot, Actions& actions) {
  const Clock::time_point now = input_.now();
  Breaker::Grant grant = 0;
  if (breaker_) {
    grant = breaker_->allow(now);
    if (grant == 0) {
      unqueue(slot);
      failed(slot, {"breaker", "the breaker is open"}, true, {}, actions, false);
      return true;
    }
  }
  const auto not_now = [&] {
    if (breaker_) breaker_->cancelled(grant);
    return false;
  };
  if (!permits_->fits(slot.call.cost) || (slot.call.starved && !input_.is_oldest(slot)))
    return not_now();
  if (rate_) {
    rate_at_ = rate_->take_in_turn(now, this, slot.rank.place);
    if (rate_at_) return not_now();
  }
  auto attempt = make(slot, false);
  if (!attempt) {
    if (rate_) rate_->give_back();
    memory_short_ = true;
    // What has lost is cancelled, and returns its memory soon.
    if (!input_.is_oldest(slot) || lost_.load(std::memory_order_relaxed) > 0) return not_now();
    // Not even the reserve has room: attempts that were written off hold it.
    not_now();
    unqueue(slot);
    input_.fail(slot, {"memory", "limits.memory leaves no room for an attempt"}, actions);
    return true;
  }
  unqueue(slot);
  if (policy_.deadline && !slot.call.deadline.set()) {
    slot.call.deadline_at = time_after(now, *policy_.deadline);
    slot.call.deadline.kind = kDeadline;
    timers_.set(slot.call.deadline, slot.call.deadline_at);
  }
  hedges_.budget().call();
  if (slot.call.failed > 0) ++report_.retries;
  start(slot, std::move(attempt), grant);
  hedges_.arm(slot, now);
  return true;
}

/// Makes an attempt. Returns null if there is no memory for it now. The oldest record's may use the
/// reserve.
std::shared_ptr<Attempt> Attempts::make(Slot& slot, bool hedge) {
  for (const Lane lane : {Lane::normal, Lane::reserve}) {
    if (lane == Lane::normal && slot.call.starved) continue;
    if (lane == Lane::reserve && (hedge || !input_.is_oldest(slot))) break;
    try {
      const Lane of_call = keyed_ ? Lane::reserve : lane;
      SlabPool& slabs = input_.slabs();
      auto attempt = std::allocate_shared<Attempt>(
          SlabAllocator<Attempt>(slabs, lane), owner_, context_, input_.stage(), slot,
          slot.call.attempts + 1, slabs, of_call, policy_.may_be_late());
      attempt->hedge = hedge;
      return attempt;
    } catch (const detail::OutOfMemory&) {
    }
  }
  return nullptr;
}

void Attempts::start(Slot& slot, std::shared_ptr<Attempt> attempt, Breaker::Grant grant) {
  const Clock::time_point now = input_.now();
  slot.state = Slot::State::running;
  ++slot.call.attempts;
  ++report_.attempts;
  attempt->began = now;
  attempt->grant = grant;
  attempt->cost = slot.call.cost;
  if (slot.call.key) attempt->key_state = slot.call.key->state;
  permits_->used += slot.call.cost;
  ++running_;
  report_.peak_workers = std::max(report_.peak_workers, running_);
  if (policy_.timeout) timers_.set(attempt->timeout, time_after(now, *policy_.timeout));
  slot.call.running.push_back(attempt);
  if (chaos_) {
    attempt->fault = chaos_->decide(input_.stage().number(), slot.input.part, slot.input.position,
                                    attempt->number);
    if (attempt->fault.latency.count() > 0) {
      attempt->delayed = true;
      timers_.set(attempt->wake, time_after(now, attempt->fault.latency));
      return;
    }
  }
  launch(std::move(attempt));
}

void Attempts::launch(std::shared_ptr<Attempt> attempt) {
  if (attempt->fault.act == Fault::Act::hang) return;
  if (attempt->fault.act == Fault::Act::kill) std::raise(SIGKILL);
  if (caller_.async() || attempt->fault.act == Fault::Act::error) {
    started_.push_back(std::move(attempt));
  } else {
    caller_.run(std::move(attempt), permits_->limit.limit());
  }
}

/// Begins hedges. Slow records come before those that were never called, because they are older.
void Attempts::hedge() {
  while (hedges_.front() && hedge_one(*hedges_.front())) {
  }
}

/// Begins an attempt beside a slow one, if there is a permit, a token and memory. Returns false if
/// it must wait.
bool Attempts::hedge_one(Slot& slot) {
  if (permits_->used + slot.call.cost > static_cast<std::uint64_t>(permits_->limit.limit()))
    return false;
  const Clock::time_point now = input_.now();
  Breaker::Grant grant = 0;
  if (breaker_ && (grant = breaker_->allow(now)) == 0) return false;
  const bool may = hedges_.budget().take();
  const auto not_now = [&]() WEIR_REQUIRES(input_lock) {
    if (breaker_) breaker_->cancelled(grant);
    if (may) hedges_.budget().give_back();
    return false;
  };
  if (!may) return not_now();
  if (rate_ && rate_->take_in_turn(now, &slot, slot.rank.place)) {
    rate_->withdraw(&slot);
    return not_now();
  }
  auto attempt = make(slot, true);
  if (!attempt) {
    if (rate_) rate_->give_back();
    return not_now();
  }
  hedges_.begun(slot);
  ++report_.hedges;
  start(slot, std::move(attempt), grant);
  hedges_.arm(slot, now);
  return true;
}

void Attempts::leave_rate() {
  if (rate_ && !rate_at_) rate_->withdraw(this);
}

// Attempts end.

void Attempts::answered(const std::shared_ptr<Attempt>& attempt, Actions& actions) {
  if (attempt->state != Attempt::State::running) {
    ++report_.late;
    if (std::exchange(attempt->holds_permit, false)) {
      timers_.drop(attempt->timeout);
      return_permit(*attempt);
    }
    return;
  }
  attempt->state = Attempt::State::answered;
  Slot& slot = *attempt->slot;
  slot.busy_ns += attempt->busy_ns;
  const RecordData& record = attempt->data();
  if (attempt->starved.load(std::memory_order_relaxed)) {
    release(*attempt, Verdict::none);
    memory_short_ = true;
    if (!slot.call.running.empty()) return;
    hedges_.disarm(slot);
    slot.call.starved = true;
    --slot.call.attempts;
    return wait(slot);
  }
  const bool fails = record.state == RecordState::failed;
  const bool retryable = fails && record.extra->error.retryable;
  release(*attempt, retryable ? Verdict::bad : Verdict::good);
  if (!fails && attempt->went_to(planned_.exhausted_port)) {
    const CallError error{"loop", kExhausted};
    return failed(slot, error, false, {}, actions);
  }
  if (!fails) {
    hedges_.note(input_.now() - attempt->began);
    if (attempt->hedge) ++report_.hedges_won;
    slot.call.winner = attempt;
    return input_.finish(slot, Slot::End::answered, actions);
  }
  if (!slot.call.running.empty() && retryable) return;  // Another attempt may still win.
  const detail::ErrorSlot& error = record.extra->error;
  CallError failed_by{std::string(error.kind), std::string(error.message)};
  if (record.extra->told_count > 0) failed_by.teller = attempt;
  failed(slot, std::move(failed_by), retryable, error.retry_after, actions);
}

void Attempts::answers_after(Attempt& attempt, std::chrono::nanoseconds time) {
  if (attempt.state == Attempt::State::running) {
    timers_.set(attempt.wake, time_after(input_.now(), time));
  } else {
    ++report_.late;
  }
}

void Attempts::waits_for_turn(Attempt& attempt) {
  if (attempt.state != Attempt::State::running || attempt.waits_since) return;
  attempt.waits_since = input_.now();
  timers_.drop(attempt.timeout);
  hedges_.disarm(*attempt.slot);
}

void Attempts::has_turn(Attempt& attempt) {
  if (attempt.state != Attempt::State::running || !attempt.waits_since) return;
  attempt.began += input_.now() - *std::exchange(attempt.waits_since, std::nullopt);
  if (policy_.timeout) {
    timers_.set(attempt.timeout, time_after(attempt.began, *policy_.timeout));
  }
  Slot& slot = *attempt.slot;
  hedges_.disarm(slot);
  const auto waits = [](const auto& one) { return one->waits_since.has_value(); };
  if (std::ranges::none_of(slot.call.running, waits)) hedges_.arm(slot, input_.now());
}

/// Handles a failed attempt: the record is called again later, or gets the error.
void Attempts::failed(Slot& slot, CallError error, bool retryable,
                      std::chrono::nanoseconds retry_after, Actions& actions, bool asked) {
  ++slot.call.failed;
  hedges_.disarm(slot);
  const bool again = retryable && slot.call.failed < policy_.retry.attempts && !input_.abandoned();
  const bool elsewhere = again && asked && has_replica(slot);
  if (again && !elsewhere && retry_after > policy_.retry.max_retry_after) {
    error.message += ", asked to wait " + shown(retry_after);
  } else if (again) {
    const auto jitter = detail::next_mix64(random_);
    // Nothing that one replica asks for, and no pause that it may need, holds up the next one.
    const auto time = elsewhere
                          ? std::chrono::nanoseconds(0)
                          : std::max(backoff(policy_.retry, slot.call.failed, jitter), retry_after);
    // The retry would only wait for the deadline. That ends the record now, with the error that
    // says why.
    error.deadline =
        slot.call.deadline.set() && time_after(input_.now(), time) >= slot.call.deadline_at;
    if (!error.deadline) {
      // A hedge that still runs is detached: the next attempt begins anew.
      detach_all(slot, Verdict::none, actions);
      slot.state = Slot::State::backoff;
      slot.call.step.kind = kStep;
      timers_.set(slot.call.step, time_after(input_.now(), time));
      return;
    }
  }
  input_.fail(slot, std::move(error), actions);
}

/// Separates an attempt from its slot: notes its verdict on the service, and returns its permit and
/// its timers.
void Attempts::release(Attempt& attempt, Verdict verdict) {
  if (!attempt.holds_permit) timers_.drop(attempt.timeout);
  timers_.drop(attempt.wake);
  const Clock::time_point now = input_.now();
  if (verdict != Verdict::none) {
    permits_->limit.note(attempt.began, now, static_cast<int>(permits_->used),
                         verdict == Verdict::good);
  }
  if (breaker_) {
    if (verdict == Verdict::good) breaker_->succeeded(attempt.grant);
    if (verdict == Verdict::bad) breaker_->failed(now, attempt.grant);
    if (verdict == Verdict::none) breaker_->cancelled(attempt.grant);
  }
  if (!attempt.holds_permit) return_permit(attempt);
  --running_;
  Slot& slot = *attempt.slot;
  attempt.slot = nullptr;
  std::erase_if(slot.call.running, [&](const auto& one) { return one.get() == &attempt; });
}

/// Detaches an attempt, whose answer will be discarded. One that is needless is part of the normal
/// course: if it occupies a thread, it keeps that and its permit until it returns or times out, or
/// else threads would pile up behind a slow service.
void Attempts::detach(const std::shared_ptr<Attempt>& attempt, Verdict verdict, Actions& actions) {
  attempt->state = Attempt::State::detached;
  if (attempt->waits_since) verdict = Verdict::none;  // It has asked nobody yet.
  Slot& slot = *attempt->slot;
  if (slot.needless()) {
    attempt->lost = slot.rank.place;
    lost_.fetch_add(1, std::memory_order_relaxed);
    attempt->holds_permit =
        !attempt->delayed && attempt->fault.act == Fault::Act::none && caller_.is_at_work(*attempt);
  }
  if (turns_.by_key()) turns_.hold(*attempt);
  release(*attempt, verdict);
  if (!policy_.may_be_late()) {
    // Its call still reads the slot's record, and the record ends without waiting for it.
    input_.store().discharge(slot, slot.arena.capacity());
    attempt->keep_input(slot.arena);
  }
  actions.cancels.push_back(attempt);
  if (!attempt->holds_permit) write_off(*attempt, slot.input, slot.rank.place);
}

void Attempts::detach_all(Slot& slot, Verdict verdict, Actions& actions) {
  while (!slot.call.running.empty()) {
    const auto attempt = slot.call.running.back();
    detach(attempt, verdict, actions);
  }
}

/// Writes off the thread that works on an attempt, if there is one. Fails the run if too many calls
/// do not return.
void Attempts::write_off(const Attempt& attempt, const RecordData& record, OriginPlace place) {
  if (!caller_.write_off(attempt)) return;
  ++report_.written_off;
  if (caller_.hanging() <= kMayHang + 2 * planned_.workers.max) return;
  fail_run(context_, failure_of(input_.stage(), record, place, "hung",
                                std::to_string(caller_.hanging()) +
                                    " calls do not return though nobody waits for them any more"));
}

void Attempts::stop(Slot& slot, Actions& actions) {
  timers_.drop(slot.call.deadline);
  hedges_.disarm(slot);
  detach_all(slot, Verdict::none, actions);
  if (slot.state == Slot::State::queued && slot.call.wanted) unqueue(slot);
}

void Attempts::run_timers(Actions& actions) {
  while (Timer* const timer = timers_.pop_due(input_.now())) run_timer(*timer, actions);
}

void Attempts::run_timer(Timer& timer, Actions& actions) {
  switch (static_cast<CallTimer::Kind>(timer.kind)) {
    case kDeadline: {
      Slot& slot = *static_cast<Slot*>(timer.owner);
      CallError error{"deadline", "not done within " + shown(*policy_.deadline), true};
      error.fatal = keyed_;
      detach_all(slot, Verdict::bad, actions);
      return input_.fail(slot, std::move(error), actions);
    }
    case kStep: {
      Slot& slot = *static_cast<Slot*>(timer.owner);
      if (slot.state != Slot::State::running) return wait(slot);
      return hedges_.due(slot);
    }
    case kTimeout: {
      const auto attempt = static_cast<Attempt*>(timer.owner)->shared_from_this();
      if (std::exchange(attempt->holds_permit, false)) {
        return_permit(*attempt);
        RecordData origin;  // The call still writes to the record itself.
        origin.part = attempt->data().part;
        origin.position = attempt->data().position;
        return write_off(*attempt, origin, *attempt->lost);
      }
      Slot& slot = *attempt->slot;
      detach(attempt, Verdict::bad, actions);
      if (!slot.call.running.empty()) return;
      CallError error{"timeout", "no answer within " + shown(*policy_.timeout)};
      error.fatal = keyed_;
      return failed(slot, std::move(error), !keyed_, {}, actions);
    }
    case kWake: {
      const auto attempt = static_cast<Attempt*>(timer.owner)->shared_from_this();
      if (!std::exchange(attempt->delayed, false)) return answered(attempt, actions);
      return launch(attempt);
    }
  }
}

void Attempts::fill(CallReport& report) const {
  report = report_;
  const auto seconds = [&](double percent) WEIR_REQUIRES(input_lock) {
    return std::chrono::duration<double>(hedges_.latencies().percentile(percent)).count();
  };
  report.p50 = seconds(50);
  report.p99 = seconds(99);
}

}  // namespace weir::flow
