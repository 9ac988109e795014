#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "graph/flow/call/call_queue.h"
#include "graph/flow/call/hedges.h"
#include "graph/flow/call/key_turns.h"
#include "graph/flow/call/permits.h"
#include "graph/flow/call/stage_caller.h"
#include "graph/flow/input/region_input.h"
#include "graph/flow/policy/breaker.h"
#include "graph/flow/policy/token_bucket.h"

namespace weir::flow {

/// The attempts of a called stage, from beginning to end, by `CallPolicy`. Each begins with a
/// permit. What becomes of it is decided once, by whatever comes first: its answer, its timeout,
/// the record's deadline, a faster hedge, or the end of the run. An attempt that did not answer in
/// time is detached; its late answer is counted and discarded.
class Attempts {
 public:
  Attempts(RegionInput& input, AttemptOwner& owner, CallQueue& queue, KeyTurns& turns,
           StageCaller& caller, const std::shared_ptr<Permits>& permits, TokenBucket* rate);

  /// Tries to begin an attempt at a record of the queue. Returns false if that record, and so all
  /// behind it, must wait.
  bool begin(Slot& slot, Actions& actions) WEIR_REQUIRES(input_lock);
  /// Begins further attempts beside slow ones, as far as there are permits.
  void hedge() WEIR_REQUIRES(input_lock);
  /// Lets a record wait for a permit, or for another record of its key that is called before it.
  void wait(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Ends all attempts at a record that is about to be done, and its timers.
  void stop(Slot& slot, Actions& actions) WEIR_REQUIRES(input_lock);
  /// Runs the timers that are due.
  void run_timers(Actions& actions) WEIR_REQUIRES(input_lock);

  // Reports from the stage.
  void answered(const std::shared_ptr<Attempt>& attempt, Actions& actions)
      WEIR_REQUIRES(input_lock);
  void answers_after(Attempt& attempt, std::chrono::nanoseconds time) WEIR_REQUIRES(input_lock);
  void waits_for_turn(Attempt& attempt) WEIR_REQUIRES(input_lock);
  void has_turn(Attempt& attempt) WEIR_REQUIRES(input_lock);

  /// Removes and returns the attempts that an asynchronous stage is to be called for: by the event
  /// loop, without the lock.
  std::vector<std::shared_ptr<Attempt>> take_started() WEIR_REQUIRES(input_lock) {
    return std::exchange(started_, {});
  }
  bool has_started() const WEIR_REQUIRES(input_lock) { return !started_.empty(); }
  void drop_started() WEIR_REQUIRES(input_lock) { started_.clear(); }

  /// Reports that an attempt is being destroyed. From any thread.
  void gone(const Attempt& attempt) noexcept {
    if (attempt.lost) lost_.fetch_sub(1, std::memory_order_relaxed);
  }
  /// Returns whether no attempt begins until memory has been returned. From any thread.
  bool memory_short() const { return memory_short_.load(std::memory_order_relaxed); }
  void memory_may_do() { memory_short_ = false; }
  /// Returns when the rate lets the next attempt begin, if that holds up the queue.
  std::optional<Clock::time_point> rate_at() const WEIR_REQUIRES(input_lock) { return rate_at_; }
  void forget_rate() WEIR_REQUIRES(input_lock) { rate_at_.reset(); }
  void leave_rate() WEIR_REQUIRES(input_lock);
  bool has_breaker() const { return breaker_.has_value(); }
  /// Returns when the first timer is due.
  std::optional<Clock::time_point> next_timer() const WEIR_REQUIRES(input_lock) {
    return timers_.next();
  }
  /// Returns whether an attempt or a timer runs.
  bool pending() const WEIR_REQUIRES(input_lock) {
    return running_ > 0 || lost_.load(std::memory_order_relaxed) > 0 || !timers_.empty() ||
           rate_at_;
  }
  void fill(CallReport& report) const WEIR_REQUIRES(input_lock);

 private:
  /// The verdict of an attempt on the service behind the stage.
  enum class Verdict : std::uint8_t { good, bad, none };

  void unqueue(Slot& slot) WEIR_REQUIRES(input_lock);
  bool hedge_one(Slot& slot) WEIR_REQUIRES(input_lock);
  std::shared_ptr<Attempt> make(Slot& slot, bool hedge) WEIR_REQUIRES(input_lock);
  void start(Slot& slot, std::shared_ptr<Attempt> attempt, Breaker::Grant grant)
      WEIR_REQUIRES(input_lock);
  void launch(std::shared_ptr<Attempt> attempt) WEIR_REQUIRES(input_lock);
  /// Returns whether the next attempt asks a replica that was not asked yet.
  bool has_replica(const Slot& slot) const WEIR_REQUIRES(input_lock) {
    return slot.call.attempts < replicas_;
  }
  /// `asked`: the service was asked, and not just the breaker.
  void failed(Slot& slot, CallError error, bool retryable, std::chrono::nanoseconds retry_after,
              Actions& actions, bool asked = true) WEIR_REQUIRES(input_lock);
  void release(Attempt& attempt, Verdict verdict) WEIR_REQUIRES(input_lock);
  void detach(const std::shared_ptr<Attempt>& attempt, Verdict verdict, Actions& actions)
      WEIR_REQUIRES(input_lock);
  void detach_all(Slot& slot, Verdict verdict, Actions& actions) WEIR_REQUIRES(input_lock);
  void return_permit(const Attempt& attempt) WEIR_REQUIRES(input_lock) {
    permits_->used -= attempt.cost;
    permits_->freed = permits_->passes.size() > 1;
  }
  void write_off(const Attempt& attempt, const detail::RecordData& record, OriginPlace place)
      WEIR_REQUIRES(input_lock);
  void run_timer(Timer& timer, Actions& actions) WEIR_REQUIRES(input_lock);

  RunContext& context_;
  RegionInput& input_;
  AttemptOwner& owner_;
  CallQueue& queue_;
  KeyTurns& turns_;
  StageCaller& caller_;
  const std::shared_ptr<Permits>& permits_;
  TokenBucket* const rate_;
  const compile::PlannedStage& planned_;
  const compile::CallPolicy& policy_;
  const bool keyed_;  ///< True if a call changes the state of its key, and cannot be repeated.
  const int replicas_;
  std::optional<Breaker> breaker_;
  TimerHeap timers_ WEIR_GUARDED_BY(input_lock);
  Hedges hedges_ WEIR_GUARDED_BY(input_lock);
  int running_ WEIR_GUARDED_BY(input_lock) = 0;  ///< Attempts that run and are not detached.
  std::atomic<int> lost_{0};                     ///< Attempts that have lost and still exist.
  std::atomic<bool> memory_short_{false};
  std::optional<Clock::time_point> rate_at_ WEIR_GUARDED_BY(input_lock);
  std::vector<std::shared_ptr<Attempt>> started_ WEIR_GUARDED_BY(input_lock);
  CallReport report_ WEIR_GUARDED_BY(input_lock);
  std::uint64_t random_ WEIR_GUARDED_BY(input_lock) = 0;  ///< For the jitter of retries.
  const ChaosPlan* chaos_ = nullptr;
};

}  // namespace weir::flow
