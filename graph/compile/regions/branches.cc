#include "graph/compile/regions/branches.h"

#include <algorithm>

namespace weir::compile {

IdVector<RegionId, bool> with_those_above(const Regions& regions, std::vector<RegionId> from,
                                          const std::function<bool(const Region&)>& passes) {
  IdVector<RegionId, bool> seen(regions.size(), false);
  while (!from.empty()) {
    const RegionId at = from.back();
    from.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    if (!passes(regions[at])) continue;
    const std::vector<RegionId>& inputs = regions[at].inputs;
    from.insert(from.end(), inputs.begin(), inputs.end());
  }
  return seen;
}

IdVector<RegionId, bool> branches_of(const Regions& regions, const Region& merge) {
  IdVector<RegionId, std::size_t> inputs(regions.size(), 0);
  for (const RegionId input : merge.inputs) {
    const IdVector<RegionId, bool> seen = with_those_above(regions, {input});
    for (const RegionId at : seen.ids()) inputs[at] += seen[at] ? 1 : 0;
  }
  IdVector<RegionId, bool> branches(regions.size(), false);
  for (const RegionId at : inputs.ids()) {
    branches[at] = inputs[at] > 0 && inputs[at] < merge.inputs.size();
  }
  return branches;
}

std::vector<RegionId> own_branches_of(const Regions& regions, RegionId merge) {
  const IdVector<RegionId, bool> branches = branches_of(regions, regions[merge]);
  IdVector<RegionId, bool> leads(regions.size(), false);
  leads[merge] = true;
  std::vector<RegionId> found;
  for (RegionId at = merge; at != RegionId();) {
    const Region& region = regions[--at];
    leads[at] = !region.ends() && std::ranges::all_of(region.outlets, [&](const Outlet& outlet) {
      return leads[outlet.to];
    });
    if (leads[at] && branches[at]) found.push_back(at);
  }
  return found;
}

}  // namespace weir::compile
