#include "graph/flow/region/input_ways.h"

namespace weir::flow {
namespace {

/// Returns whether what comes into a region leaves it at once. It does not where it waits for a
/// call, or may be shed.
bool passes_on(const compile::Plan& plan, const compile::Region& region) {
  const auto& queue = plan.at(region.first).call.queue;
  return !region.calls && (!queue || queue->when_full == compile::QueuePolicy::WhenFull::wait);
}

/// Returns for each region whether it is one of `regions` or above one. With `all`, the search also
/// goes on above a region that holds records back.
std::vector<bool> with_those_above(const compile::Plan& plan, std::vector<int> regions, bool all) {
  std::vector<bool> seen(plan.regions.size());
  while (!regions.empty()) {
    const auto at = static_cast<std::size_t>(regions.back());
    regions.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    if (!all && !passes_on(plan, plan.regions[at])) continue;
    const std::vector<int>& inputs = plan.regions[at].inputs;
    regions.insert(regions.end(), inputs.begin(), inputs.end());
  }
  return seen;
}

}  // namespace

std::vector<InputWay> ways_to(const compile::Plan& plan, int merge, std::size_t input) {
  const std::vector<int>& inputs = plan.regions[static_cast<std::size_t>(merge)].inputs;
  const auto later = inputs.begin() + static_cast<std::ptrdiff_t>(input) + 1;
  const std::vector<bool> above = with_those_above(plan, {inputs[input]}, false);
  const std::vector<bool> others = with_those_above(plan, {later, inputs.end()}, true);
  std::vector<InputWay> ways;
  // In a plan, regions stand behind those that they read.
  for (std::size_t at = 0; at < plan.regions.size(); ++at) {
    if (!above[at] || others[at]) continue;
    const compile::Region& region = plan.regions[at];
    for (const auto* outlets : {&region.outlets, &region.letter_outlets}) {
      for (const compile::Outlet& outlet : *outlets) {
        const bool here = outlet.to == merge && static_cast<std::size_t>(outlet.input) == input;
        const auto to = static_cast<std::size_t>(outlet.to);
        if (!here && (!above[to] || !passes_on(plan, plan.regions[to]))) continue;
        ways.push_back(
            {static_cast<int>(at), outlet.to, static_cast<std::size_t>(outlet.input), {}});
      }
    }
  }
  std::vector<std::vector<std::size_t>> leaving(plan.regions.size());
  for (std::size_t i = 0; i < ways.size(); ++i) {
    leaving[static_cast<std::size_t>(ways[i].region)].push_back(i);
  }
  for (InputWay& way : ways) way.onward = leaving[static_cast<std::size_t>(way.to)];
  return ways;
}

}  // namespace weir::flow
