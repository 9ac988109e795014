#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "graph/flow/environment.h"
#include "graph/flow/token.h"

namespace weir {

/// Runs one stage over the records of a workspace, and says what becomes of each: gone on, ended
/// with an outcome, emitted, failed by policy. Concurrently for const stages, one call at a time
/// for serial ones.
class StageRunner {
 public:
  StageRunner(Environment& env, std::size_t index);
  ~StageRunner();

  /// Works off `work.records`. Returns false if memory ran out: what is left then stands in
  /// `token.rests`. `slot` is the calling thread's number.
  bool run(Token& token, Workspace& work, int slot);

  /// Lets a stage that is called record by record emit what stands before the first record, or
  /// whatever `make` has it emit.
  void begin(Token& token, int slot);
  void make(Token& token, int slot, const std::function<void(Call&)>& make);

  /// Records that the source itself failed get their policy (`too_big`, a line too long).
  void settle_source_failures(Token& token, Workspace& work);

  std::size_t index() const { return index_; }
  /// The stage wanted no more input. Only while it does not run.
  bool input_ended() const { return input_ended_; }

 private:
  struct Worker;  ///< What one thread needs: scratch space, the evaluator of `when`.
  friend class StagePass;

  bool run_batch(Token& token, Workspace& work, Worker& worker);
  Worker* worker(const Token& token, int slot);
  void warn_of_unknown_fields(const std::vector<std::string>& names);
  void show(Workspace& work);

  Environment& env_;
  PlannedStage& planned_;
  const std::size_t index_;
  std::vector<std::unique_ptr<Worker>> workers_;
  /// When this stage needs no more input, no other needs its source either.
  const bool ends_source_;
  const bool merges_;  ///< Its first batch need not say what the others have: inputs differ.
  Place input_end_;    ///< The origin at which it said that it needs no more.
  /// A serial stage called `end_input`: what still arrives is filtered.
  std::atomic<bool> input_ended_{false};
  std::atomic<bool> fields_checked_{false};
};

}  // namespace weir
