#pragma once

#include <string>
#include <vector>

#include "graph/spec/plan.h"

// Policies in a few words each, as `weir graph` writes them into its boxes.

namespace weir {

/// "8 workers", "2 to 8 workers (gradient)".
std::string worker_words(const Workers& workers);

/// How single records of the stage are called, a line each: "deadline 5s", "rate 100/s"...
std::vector<std::string> call_words(const Plan& plan, const PlannedStage& stage);

/// What else the stage says of itself: "when status >= 400", "on_error: skip".
std::vector<std::string> stage_words(const PlannedStage& stage);

/// "by time", "lateness 2s", "idle 5s" of a merge.
std::vector<std::string> merge_words(const MergePolicy& merge);

/// "at most 100 records, 1 MiB; then drop_oldest".
std::string queue_words(const QueuePolicy& queue);

/// "host, path"
std::string key_words(const KeyPolicy& key);

/// "100/s"
std::string rate_words(const RateLimit& rate);

/// "p95" or "50ms": after which a hedge begins.
std::string hedge_words(const HedgePolicy& hedge);

}  // namespace weir
