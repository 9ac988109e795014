#pragma once

#include <functional>
#include <vector>

#include "graph/compile/plan/plan.h"

namespace weir::compile {

/// Returns for each region whether it is one of `from` or above one. The search goes on above
/// those for which `passes` holds.
IdVector<RegionId, bool> with_those_above(
    const Regions& regions, std::vector<RegionId> from,
    const std::function<bool(const Region&)>& passes = [](const Region&) { return true; });

/// Returns for each region whether it is in a branch of the merge at the beginning of `merge`:
/// above some of its inputs, but not above all.
IdVector<RegionId, bool> branches_of(const Regions& regions, const Region& merge);

/// Returns those regions of the branches of `merge` that work for nothing else.
std::vector<RegionId> own_branches_of(const Regions& regions, RegionId merge);

}  // namespace weir::compile
