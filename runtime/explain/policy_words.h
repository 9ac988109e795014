#pragma once

#include <string>
#include <vector>

#include "graph/compile/plan/plan.h"

// Describes policies in a few words each, for the boxes of `weir graph`.

namespace weir::cli {

/// "8 workers", "2 to 8 workers (gradient)".
std::string worker_words(const compile::Workers& workers);

/// Returns how the stage is called, in several items: "deadline 5s", "rate 100/s"...
std::vector<std::string> call_words(const compile::Plan& plan, const compile::PlannedStage& stage);

/// Returns the stage's other settings: "when status >= 400", "on_error: skip".
std::vector<std::string> stage_words(const compile::PlannedStage& stage);

/// Returns the settings of a merge: "by time", "lateness 2s", "idle 5s".
std::vector<std::string> merge_words(const compile::MergePolicy& merge);

/// "at most 100 records, 1 MiB; then drop_oldest".
std::string queue_words(const compile::QueuePolicy& queue);

/// "host, path"
std::string key_words(const KeyPolicy& key);

/// "100/s"
std::string rate_words(const compile::RateLimit& rate);

/// Returns the time after which a hedge begins: "p95" or "50ms".
std::string hedge_words(const compile::HedgePolicy& hedge);

}  // namespace weir::cli
