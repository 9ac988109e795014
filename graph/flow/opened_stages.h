#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/flow/api/report.h"
#include "graph/flow/context/caught.h"
#include "graph/flow/stage_context.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The stages of a run outside of the processing of records: they are opened, committed and closed
/// here, on the stage thread. `at` and `leftover` may be called from any thread, the rest while the
/// stage thread is not at work.
class OpenedStages {
 public:
  /// The failure of a stage.
  struct Problem {
    StageId stage;
    Caught caught;
  };

  explicit OpenedStages(RunContext& context) : context_(context) {}

  /// Compares the files of all stages, and opens the stages.
  void open();
  /// Makes all outputs final, and closes nothing.
  void commit();
  /// Closes the stages that were opened. With `commits`, outputs become final on the way: what can
  /// fail is closed before a file gets its final name.
  void close(bool commits);

  /// Returns the first problem of what was done last.
  const std::optional<Problem>& problem() const { return problem_; }
  /// Returns the stage that is being opened, committed or closed.
  StageId at() const { return at_; }
  bool all_opened() const { return end_ == context_.plan.stages.end_id(); }
  bool committed() const { return committed_; }
  /// Notes what the sinks leave unfinished. `close` does it too, if outputs did not become final.
  void note_leftover();
  /// Returns what was noted last.
  std::string leftover() const;
  /// Adds the counters of the stages.
  void fill(Report& report) const;

 private:
  bool compare_files();
  void commit_sinks(bool with_leftover);
  template <class Which>
  void close_those(Which which);
  void fail(StageId stage);

  RunContext& context_;
  IdVector<StageId, std::unique_ptr<StageContext>> contexts_;
  StageId end_;  ///< The end of those that were opened.
  std::atomic<StageId> at_{StageId()};
  std::optional<Problem> problem_;
  bool committed_ = false;
  mutable Mutex mutex_;
  std::string leftover_ WEIR_GUARDED_BY(mutex_);
};

}  // namespace weir::flow
