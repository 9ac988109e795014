#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "graph/flow/chaos.h"
#include "graph/flow/report.h"
#include "graph/spec/plan.h"

namespace weir {

/// Faults at the stages named, or at all transforms if none is.
struct ChaosOptions {
  ChaosPlan plan;
  std::vector<std::string> stages;
};

/// What the engine needs from its surroundings.
struct RunServices {
  /// Reads a path inside raw JSON (stages/json); see detail::Host::json_at.
  std::function<Value(std::string_view json, std::span<const std::string> steps,
                      detail::Arena& arena)>
      json_at;
  /// Takes the log lines of stages and engine.
  std::function<void(LogLevel level, std::string_view stage, std::string_view text)> log;
  /// Faults to inject; see LoadOptions::chaos, which must name the same stages.
  std::optional<ChaosOptions> chaos;
  /// Takes every error of a record, in the order in which they are booked (`--errors`).
  std::function<void(const ErrorSample&)> error;
  /// When nothing moves and nothing is being waited for, for so long, the run has failed as stuck.
  std::chrono::milliseconds stuck_after{5000};
  /// For tests of that: the batch of this number vanishes on its way, as by a lost message.
  std::optional<std::uint64_t> lose_batch;
};

/// A look into a run while it goes on.
struct Progress {
  std::uint64_t read = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t delivered = 0;
  std::uint64_t records_in_flight = 0;
  std::uint64_t memory = 0;
  std::optional<std::uint64_t> size;  ///< Bytes of input in all, if the source knows.
  std::uint64_t consumed = 0;         ///< Of those, handed out so far.
  HeadOfLine head;                    ///< What all others wait for now.
};

/// Sees the first records on their way (`weir try`). Called on one thread at a time.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A record of the source, or one that a stage emitted or let pass: `stage` is its index in the
  /// plan. Not for records that the stage ended.
  virtual void after(std::size_t stage, Record& record) = 0;
  virtual void ended(std::size_t stage, const Record& record, std::string_view how) = 0;
};

/// "access.ndjson, record at 1234 holds all others: runs for 3.2 s, attempt 2".
std::string head_text(const HeadOfLine& head);

/// One run of a plan. Construct, `run` once on any thread; `interrupt` and `progress` from others.
class Run {
 public:
  Run(Plan& plan, RunServices services);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Opens the stages, runs to the end, closes them. Never throws for what happens in the run.
  Report run();

  /// Stops reading; what is in flight is finished within `limits.drain`, then abandoned. A second
  /// call abandons at once. Async-signal-unsafe: call it from a thread.
  void interrupt(int signal);

  Progress progress() const;

  /// Changes how many calls of a stage may run at the same time: `min` to `max` where that adapts,
  /// else `min`; at least 1 each. At once, also below what runs now. False: no such stage, or it is
  /// not called record by record, or the run has not begun.
  bool set_workers(std::string_view stage, int min, int max);

  /// For `weir try`: look at the records while they pass, and end the input after so many. Set
  /// before `run`, with `limits.threads` of 1.
  void observe(Observer& observer, std::uint64_t input_records);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
