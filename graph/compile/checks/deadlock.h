#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Reports each merge that can deadlock: it waits for one input while another, from which it takes
/// nothing meanwhile, is full, so that a fork above both can move neither. This is possible where
/// the merge waits for what its order wants next and both inputs come from one fork, perhaps by way
/// of other merges that wait. The error is at the key that makes the merge wait. `regions` are laid
/// out from `drafts`.
void check_deadlock(const Drafts& drafts, const Regions& regions, Diagnostics& diagnostics);

}  // namespace weir::compile
