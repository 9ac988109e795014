#pragma once

#include <memory>
#include <utility>

#include "graph/flow/call/call_threads.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/input/attempt.h"

namespace weir::flow {

/// Calls a stage for an attempt, without any lock: an asynchronous one on the event loop's thread,
/// any other on threads of its own. The answer goes to the attempt's owner.
class StageCaller {
 public:
  StageCaller(RunContext& context, AttemptOwner& owner, StageId stage);

  /// Returns whether `call` calls the stage; otherwise `run` does.
  bool async() const { return !threads_; }
  /// Calls the stage, or answers with an injected fault. On the event loop's thread.
  void call(const std::shared_ptr<Attempt>& attempt);
  /// Has a thread call the stage. Up to `most` threads may run.
  void run(std::shared_ptr<Attempt> attempt, int most) { threads_->run(std::move(attempt), most); }
  /// Returns whether a thread works on the attempt. If none does, none will.
  bool is_at_work(const Attempt& attempt) { return threads_ && !threads_->withdraw(attempt); }
  /// Writes off the thread that works on a detached attempt. Returns whether there was one.
  bool write_off(const Attempt& attempt) { return threads_ && threads_->write_off(attempt); }
  /// Returns how many threads are written off and have not come back.
  int hanging() const { return threads_->hanging(); }
  /// Waits until `until` for the threads. Returns false if some still hang.
  bool stop(Clock::time_point until) { return !threads_ || threads_->stop(until); }

 private:
  const compile::PlannedStage& planned() const { return context_.plan.stages[stage_]; }
  void call_on_thread(const std::shared_ptr<Attempt>& attempt, CallThreads::Scratch& scratch);
  void process(Attempt& attempt);

  RunContext& context_;
  AttemptOwner& owner_;
  const StageId stage_;
  std::unique_ptr<CallThreads> threads_;  ///< Null if the stage is asynchronous.
};

}  // namespace weir::flow
