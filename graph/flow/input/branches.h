#pragma once

#include <vector>

#include "graph/compile/plan/plan.h"
#include "graph/flow/order/ids.h"

namespace weir::flow {

/// Returns for each stage whether it is in a branch of the merge at the beginning of `region`:
/// above some of its inputs, but not above all.
IdVector<StageId, bool> branch_stages(const compile::Plan& plan, const compile::Region& region);

/// Returns those regions of the branches of `merge` that work for nothing else.
std::vector<RegionId> branch_regions(const compile::Plan& plan, RegionId merge);

}  // namespace weir::flow
