#pragma once

#include <vector>

#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Returns the rates of the plan, and sets the index of each stage with a `rate` (`Draft::rate`).
/// The shared rates come first, as they are written, then one for each stage that has its own.
/// Reports unknown names, and warns of shared rates that no stage uses.
std::vector<RateLimit> resolve_rates(Drafts& drafts, const std::vector<SharedRate>& shared,
                                     Diagnostics& diagnostics);

}  // namespace weir::compile
