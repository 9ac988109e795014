#pragma once

#include <vector>

#include "graph/compile/graph/draft.h"
#include "graph/compile/regions/layout.h"
#include "graph/compile/regions/limits.h"

namespace weir::compile {

/// Returns the shapes of the drafts, as far as they are known. A draft of an unknown type counts as
/// what should stand in its position: a source without inputs, a sink without readers, else a
/// transform.
Shapes shapes_of(const Drafts& drafts, const std::vector<Link>& links);

/// Returns what the plan needs of the limits.
LimitNeeds needs_of(const Drafts& drafts, const Shapes& shapes, const Regions& regions);

/// Returns the stage of the plan that the draft becomes, without its region.
PlannedStage planned(Draft draft);

}  // namespace weir::compile
