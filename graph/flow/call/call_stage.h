#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "graph/flow/call/attempts.h"
#include "graph/flow/clock/event_loop.h"

namespace weir::flow {

/// A stage that is called record by record. It gives permits to the records of a region's input,
/// the oldest first, and forwards the reports of the stage, the event loop and the input to
/// `Attempts`, which knows what becomes of a call. One lock guards all of it, that of the input; no
/// stage is called under it.
class CallStage final : public RecordCalls, public EventLoop::Client, public AttemptOwner {
 public:
  /// `input` is guarded by the mutex of `permits`, and owns this object.
  CallStage(RegionInput& input, EventLoop& loop, TokenBucket* rate,
            std::shared_ptr<Permits> permits);
  ~CallStage() override;

  // Called by the input.
  void prepare(Slot& slot, Record& record) override;
  void enter(Slot& slot, Actions& actions) override WEIR_REQUIRES(input_lock);
  void stand_in_line(Slot& slot) override WEIR_REQUIRES(input_lock) { turns_.stand_in_line(slot); }
  void stop(Slot& slot, Actions& actions) override WEIR_REQUIRES(input_lock) {
    attempts_.stop(slot, actions);
  }
  void leave_line(Slot& slot, Actions& actions) override WEIR_REQUIRES(input_lock) {
    turns_.leave(slot, actions);
  }
  void settled(Actions& actions) override WEIR_REQUIRES(input_lock);
  void abandon() override WEIR_REQUIRES(input_lock) { attempts_.drop_started(); }
  Queued queued() const override WEIR_REQUIRES(input_lock) { return queue_.uncalled(); }
  Slot* oldest_queued() const override WEIR_REQUIRES(input_lock);
  Doing doing(const Slot& slot) const override WEIR_REQUIRES(input_lock);
  bool pending() const override WEIR_REQUIRES(input_lock) {
    return attempts_.pending() || turns_.has_late();
  }
  void fill(CallReport& report) const override WEIR_REQUIRES(input_lock);
  void wake() override { loop_.wake(); }

  // Called by attempts, from any thread.
  void answered(std::shared_ptr<Attempt> attempt) noexcept override;
  void answers_after(std::shared_ptr<Attempt> attempt,
                     std::chrono::nanoseconds time) noexcept override;
  void waits_for_turn(Attempt& attempt) noexcept override;
  void has_turn(Attempt& attempt) noexcept override;
  void late_over(Attempt& attempt) noexcept override;
  void attempt_gone(const Attempt& attempt) noexcept override {
    attempts_.gone(attempt);
    if (attempts_.memory_short()) loop_.wake();
  }

  /// Called by the event loop. Runs timers that are due and begins async calls. Returns when to
  /// call it again.
  std::optional<Clock::time_point> turn() override;

  /// Sets new bounds for how many calls may run at the same time, which apply at once. From any
  /// thread.
  void set_workers(int min, int max);
  StageId stage() const { return input_.stage(); }
  const std::shared_ptr<Permits>& permits() const { return permits_; }
  /// Has the states of keys emit what is left of them. Returns false when all is emitted.
  bool finish_keys(Call& call) { return turns_.finish(call); }
  /// Waits until `until` for calls that nobody waits for any longer. Returns false if some still
  /// hang and use this object.
  bool quiesce(Clock::time_point until);

 private:
  std::uint32_t cost_of(Record& record) const;
  bool older_elsewhere(const Slot& slot) const WEIR_REQUIRES(input_lock);
  void schedule(Actions& actions) WEIR_REQUIRES(input_lock);
  void tell_loop(Actions& actions) WEIR_REQUIRES(input_lock);

  RegionInput& input_;
  const compile::PlannedStage& planned_;
  EventLoop& loop_;
  const std::shared_ptr<Permits> permits_;
  std::vector<std::unique_ptr<detail::Evaluator>> whens_;  ///< By input; none if all are called.
  CallQueue queue_;
  KeyTurns turns_;
  StageCaller caller_;
  Attempts attempts_;
  std::optional<Clock::time_point> told_
      WEIR_GUARDED_BY(input_lock);  ///< When the event loop will come by itself.
  bool in_turn_ WEIR_GUARDED_BY(input_lock) =
      false;  ///< True in `turn`, which looks again at its end.
};

}  // namespace weir::flow
