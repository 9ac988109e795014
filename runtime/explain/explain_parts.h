#pragma once

#include <string>
#include <vector>

#include "graph/compile/plan/plan.h"

// The sentences that `weir explain` says of a stage about one concern.

namespace weir::cli {

using Sentences = std::vector<std::string>;

/// One stage of the file, and its place in the plan.
struct ExplainedStage {
  ExplainedStage(const compile::Plan& plan, compile::StageId stage);

  const compile::Plan& plan;
  compile::StageId index;
  const compile::PlannedStage& planned;
  const compile::Region& region;
  const compile::Segment* segment = nullptr;  ///< Null for a source, or a stage that is called.
  bool begins = false;                        ///< True if it is the first stage of its region.
  bool calls = false;                         ///< True if it is called record by record.

  bool is(Role role) const { return planned.type->role == role; }
  /// Returns whether it keeps something between records.
  bool keeps_state() const;
  /// Returns whether the batches are put in order again after it; only for a stage in a parallel
  /// segment.
  bool goes_on_in_order() const;
  bool merges() const;
};

/// "'a', 'b' and 'c'"
std::string quoted_words(std::vector<std::string> words);

/// Returns "a source", "reads 'parse'", "reads the dead letters of 'ask'".
std::string what_it_reads(const ExplainedStage& stage);

Sentences about_order(const ExplainedStage& stage);
Sentences about_errors(const ExplainedStage& stage);
Sentences about_time(const ExplainedStage& stage);
Sentences about_memory(const ExplainedStage& stage);
Sentences about_threads(const ExplainedStage& stage);

}  // namespace weir::cli
