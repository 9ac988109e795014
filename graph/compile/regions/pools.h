#pragma once

#include <vector>

#include "graph/compile/graph/draft.h"
#include "graph/compile/keys/shared_keys.h"

namespace weir::compile {

/// Returns the pools of the plan, and sets each stage's index among them (`Draft::pool`). Reports
/// unknown names, and warns of pools that no stage uses.
std::vector<PoolSpec> resolve_pools(Drafts& drafts, const std::vector<SharedPool>& shared,
                                    Diagnostics& diagnostics);

}  // namespace weir::compile
