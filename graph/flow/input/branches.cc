#include "graph/flow/input/branches.h"

#include <algorithm>

namespace weir::flow {
namespace {

IdVector<RegionId, bool> with_those_above(const compile::Plan& plan, RegionId region) {
  IdVector<RegionId, bool> seen(plan.regions.size(), false);
  std::vector<RegionId> open = {region};
  while (!open.empty()) {
    const RegionId at = open.back();
    open.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    const std::vector<RegionId>& inputs = plan.regions[at].inputs;
    open.insert(open.end(), inputs.begin(), inputs.end());
  }
  return seen;
}

/// Returns for each region whether it is above some inputs of the merge, but not above all.
IdVector<RegionId, bool> in_branches(const compile::Plan& plan, const compile::Region& merge) {
  IdVector<RegionId, std::size_t> inputs(plan.regions.size(), 0);
  for (const RegionId input : merge.inputs) {
    const IdVector<RegionId, bool> seen = with_those_above(plan, input);
    for (const RegionId at : seen.ids()) inputs[at] += seen[at] ? 1 : 0;
  }
  IdVector<RegionId, bool> branches(plan.regions.size(), false);
  for (const RegionId at : inputs.ids()) {
    branches[at] = inputs[at] > 0 && inputs[at] < merge.inputs.size();
  }
  return branches;
}

}  // namespace

IdVector<StageId, bool> branch_stages(const compile::Plan& plan, const compile::Region& region) {
  const IdVector<RegionId, bool> branches = in_branches(plan, region);
  IdVector<StageId, bool> stages(plan.stages.size(), false);
  for (const StageId i : stages.ids()) stages[i] = branches[plan.stages[i].region];
  return stages;
}

std::vector<RegionId> branch_regions(const compile::Plan& plan, RegionId merge) {
  const IdVector<RegionId, bool> branches = in_branches(plan, plan.regions[merge]);
  IdVector<RegionId, bool> leads(plan.regions.size(), false);
  leads[merge] = true;
  std::vector<RegionId> found;
  for (RegionId at = merge; at != RegionId();) {
    const compile::Region& region = plan.regions[--at];
    leads[at] = !region.ends() && std::ranges::all_of(region.outlets, [&](const auto& outlet) {
      return leads[outlet.to];
    });
    if (leads[at] && branches[at]) found.push_back(at);
  }
  return found;
}

}  // namespace weir::flow
