#include "graph/flow/region/input_ways.h"

#include <algorithm>

#include "graph/compile/regions/branches.h"
#include "graph/flow/order/ids.h"

namespace weir::flow {
namespace {

/// Returns whether what comes into a region leaves it at once. It does not where it waits for a
/// call, or may be shed.
bool passes_on(const compile::Plan& plan, const compile::Region& region) {
  const auto& queue = plan.stages[region.first].call.queue;
  return !region.calls && (!queue || queue->when_full == compile::QueuePolicy::WhenFull::wait);
}

}  // namespace

std::vector<InputWay> ways_to(const compile::Plan& plan, RegionId merge, std::size_t input) {
  const std::vector<RegionId>& inputs = plan.regions[merge].inputs;
  const auto later = inputs.begin() + static_cast<std::ptrdiff_t>(input) + 1;
  const auto passes = [&plan](const compile::Region& region) { return passes_on(plan, region); };
  const auto above = compile::with_those_above(plan.regions, {inputs[input]}, passes);
  const auto others = compile::with_those_above(plan.regions, {later, inputs.end()});
  std::vector<InputWay> ways;
  // In a plan, regions stand behind those that they read.
  for (const RegionId at : plan.regions.ids()) {
    if (!above[at] || others[at]) continue;
    const auto add = [&](const auto& outlet) {
      const bool here = outlet.to == merge && outlet.input == input;
      if (!here && (!above[outlet.to] || !passes_on(plan, plan.regions[outlet.to]))) return;
      ways.push_back({at, outlet.to, outlet.input, {}});
    };
    std::ranges::for_each(plan.regions[at].outlets, add);
    std::ranges::for_each(plan.regions[at].letter_outlets, add);
  }
  IdVector<RegionId, std::vector<std::size_t>> leaving(plan.regions.size());
  for (std::size_t i = 0; i < ways.size(); ++i) leaving[ways[i].region].push_back(i);
  for (InputWay& way : ways) way.onward = leaving[way.to];
  return ways;
}

}  // namespace weir::flow
