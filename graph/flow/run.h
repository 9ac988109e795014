#pragma once

#include <cstdint>
#include <memory>

#include "graph/compile/plan/plan.h"
#include "graph/flow/api/run_services.h"

namespace weir::flow {

/// One run of a plan, which must outlive it. Construct it, and call `run` once, on any thread; call
/// `interrupt` and `progress` from others.
class Run {
 public:
  Run(compile::Plan& plan, RunServices services);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Opens the stages, runs to the end and closes them. Never throws for what happens in the run.
  Report run();

  /// Stops reading. What is in flight is finished within `limits.drain`, then abandoned. A second
  /// call abandons at once. Not async-signal-safe: call it from a thread.
  void interrupt(int signal);

  Progress progress() const;

  /// The counts of a run that cannot go on, for a caller that may neither wait nor allocate.
  struct Counts {
    std::uint64_t read = 0;
    std::uint64_t delivered = 0;
  };
  Counts counts() const noexcept;

  /// Changes how many calls of a stage may run at the same time: `min` to `max` where that adapts,
  /// else `min`; at least 1 each. Takes effect at once, even below the number that runs now.
  /// Returns false if there is no such stage, if it is not called record by record, or before the
  /// run has begun.
  bool set_workers(std::string_view stage, int min, int max);

  /// For `weir try`: shows the records to `observer` as they pass, and ends the input after
  /// `input_records`. Call it before `run`, with `limits.threads` of 1.
  void observe(Observer& observer, std::uint64_t input_records);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::flow
