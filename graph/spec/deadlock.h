#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// Whether a merge may wait for one input while another one that it does not take from is full, so
/// that a fork above both can move neither. That can happen where the merge waits for what its
/// order wants next, and both inputs come from one fork, perhaps by way of other merges that wait.
/// Reports each such merge once, at the key that makes it wait. `regions`: laid out from `drafts`.
void check_deadlock(const std::vector<Draft>& drafts, const std::vector<Region>& regions,
                    Diagnostics& diagnostics);

/// Reports the first region that is one fork too many below others (plan.h, `kForks`).
void check_forks(const std::vector<Draft>& drafts, const std::vector<Region>& regions,
                 Diagnostics& diagnostics);

}  // namespace weir
