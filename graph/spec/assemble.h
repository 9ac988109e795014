#pragma once

#include <vector>

#include "graph/spec/draft.h"
#include "graph/spec/layout.h"
#include "graph/spec/limits.h"

namespace weir {

/// What the layout needs of the drafts, as far as they are known. What is of no known type counts
/// as what should stand there.
std::vector<StageShape> shapes_of(const std::vector<Draft>& drafts, const std::vector<Link>& links);

/// What the limits are for.
LimitNeeds needs_of(const std::vector<Draft>& drafts, const std::vector<StageShape>& shapes,
                    const std::vector<Region>& regions);

/// A stage of the plan, but for its region.
PlannedStage planned(Draft draft);

}  // namespace weir
