#pragma once

#include <string>
#include <vector>

#include "graph/spec/plan.h"

// What `weir explain` says of a stage, a concern each, in whole sentences.

namespace weir {

using Sentences = std::vector<std::string>;

/// One stage of the file and where it stands in the plan.
struct ExplainedStage {
  ExplainedStage(const Plan& plan, int stage);

  const Plan& plan;
  int index;
  const PlannedStage& planned;
  const Region& region;
  const Segment* segment = nullptr;  ///< None: a source, or a stage that is called.
  bool begins = false;               ///< The region.
  bool calls = false;                ///< It is called record by record.

  bool is(Role role) const { return planned.type->role == role; }
  /// Whether it keeps something between records.
  bool keeps_state() const;
  /// Of one in a parallel segment: whether the batches are put in order again behind it.
  bool goes_on_in_order() const;
  bool merges() const;
};

/// "'a', 'b' and 'c'"
std::string quoted_words(std::vector<std::string> words);

/// "a source", "reads 'parse'", "reads the dead letters of 'ask'".
std::string what_it_reads(const ExplainedStage& stage);

Sentences about_order(const ExplainedStage& stage);
Sentences about_errors(const ExplainedStage& stage);
Sentences about_time(const ExplainedStage& stage);
Sentences about_memory(const ExplainedStage& stage);
Sentences about_threads(const ExplainedStage& stage);

}  // namespace weir
