#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "graph/flow/batch/token.h"
#include "graph/flow/context/run_context.h"

namespace weir::flow {

class FieldCheck;

/// Returns whether no stage between a source and this one has another reader or another input: once
/// this one wants no more, nobody needs the source.
bool ends_source(const compile::Plan& plan, StageId stage);

class StageRun;

/// Runs one stage over the records of a workspace, and decides what becomes of each: it goes on,
/// ends with an outcome, or fails by its policy. A concurrent stage may run on many threads at a
/// time, a serial one on one.
class StageRunner {
 public:
  /// `unwanted` is called when the stage wants no more of its region's input, which others may
  /// still want.
  StageRunner(RunContext& context, StageId index, std::function<void()> unwanted);
  ~StageRunner();

  /// Processes `work.records`. Returns false if memory ran out; the rest is then in `token.rests`.
  /// `slot` is the calling thread's number.
  bool run(Token& token, Workspace& work, int slot);

  /// Has a stage that is called record by record emit what comes before the first record, or what
  /// `make` has it emit.
  void begin(Token& token, int slot);
  void make(Token& token, int slot, const std::function<void(Call&)>& make);

  /// Applies `on_error` to records that the source itself failed (`too_big`, a line too long).
  void settle_source_failures(Token& token, Workspace& work);

  StageId index() const { return index_; }
  /// Returns whether the stage wanted no more input. Call it only while the stage does not run.
  bool input_ended() const { return input_ended_; }

 private:
  struct Worker;  ///< The objects of one thread: scratch space, the evaluator of `when`.
  friend class StageRun;

  template <class Process>
  bool process_all(StageRun& pass, Process process);
  bool run_batch(Token& token, Workspace& work, Worker& worker);
  Worker* worker(const Token& token, int slot);
  void warn_of_unknown_fields(const FieldCheck& fields);
  void show(Workspace& work);

  RunContext& context_;
  compile::PlannedStage& planned_;
  const StageId index_;
  const std::function<void()> unwanted_;
  std::vector<std::unique_ptr<Worker>> workers_;
  /// True if no other stage needs this one's source once this one needs no more input.
  const bool ends_source_;
  const bool merges_;      ///< True if its first batch may lack fields that others have.
  const bool passes_by_;   ///< True if records may come that it lets pass (kPassesBy).
  OriginPlace input_end_;  ///< The origin at which it said that it needs no more.
  /// True once a serial stage called `end_input`: what still arrives is filtered.
  std::atomic<bool> input_ended_{false};
  std::atomic<bool> fields_checked_{false};
};

}  // namespace weir::flow
