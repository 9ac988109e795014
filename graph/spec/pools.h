#pragma once

#include <vector>

#include "graph/spec/draft.h"
#include "graph/spec/shared_keys.h"

namespace weir {

/// The pools of the plan, and each stage's among them (`Draft::pool`). Reports names that are none,
/// and pools that no stage uses.
std::vector<PoolSpec> resolve_pools(std::vector<Draft>& drafts,
                                    const std::vector<SharedPool>& shared,
                                    Diagnostics& diagnostics);

}  // namespace weir
