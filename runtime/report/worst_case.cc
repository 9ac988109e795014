#include "runtime/report/worst_case.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/explain/plan_names.h"
#include "runtime/terminal/figures.h"
#include "runtime/terminal/table.h"

namespace weir::cli {
namespace {

std::string workers_of(const compile::Plan& plan, const compile::Region& region) {
  // The threads of the run, or of the region's pool, work on batches.
  if (!region.calls) {
    return std::to_string(region.pool ? plan.pools[*region.pool].threads : plan.limits.threads);
  }
  const compile::Workers& workers = plan.stages[region.first].workers;
  const std::string most = grouped(static_cast<std::uint64_t>(workers.max));
  return workers.min == workers.max
             ? most
             : grouped(static_cast<std::uint64_t>(workers.min)) + " to " + most;
}

/// Returns the number of the region's records that its reorder buffer may hold: all but the one
/// that they wait for.
std::string waiting_in(const compile::Region& region) {
  return grouped(region.order == compile::Order::none ? 0 : region.records - 1);
}

/// "input: a, b"
std::string merge_of(const compile::Plan& plan, const compile::Region& region) {
  if (!merges(plan, region)) return {};
  std::string text = OptionType<compile::MergePolicy::Kind>::show(region.merge.kind) + ":";
  const std::vector<std::string> names = input_names(plan, region);
  for (std::size_t i = 0; i < names.size(); ++i) text += (i > 0 ? ", " : " ") + names[i];
  return text;
}

}  // namespace

std::string worst_case(const compile::Plan& plan, bool colours) {
  using enum Align;
  const bool any_merges =
      std::ranges::any_of(plan.regions, [&](const compile::Region& r) { return merges(plan, r); });
  std::vector<Align> aligns = {left, right, right, right, right, right, left};
  std::vector<std::string> head = {"region",  "stages",   "records", "memory",
                                   "workers", "may wait", "order"};
  if (any_merges) {
    aligns.push_back(left);
    head.emplace_back("merges");
  }
  Table table(std::move(aligns));
  table.head(std::move(head), colours);
  for (const RegionId r : plan.regions.ids()) {
    const compile::Region& region = plan.regions[r];
    std::vector<std::string> row = {region_name(plan, r),
                                    std::to_string(region.last - region.first + 1),
                                    grouped(region.records),
                                    shown_bytes(region.memory),
                                    workers_of(plan, region),
                                    waiting_in(region),
                                    OptionType<compile::Order>::show(region.order)};
    if (any_merges) row.push_back(merge_of(plan, region));
    table.row(std::move(row));
  }
  const compile::Limits& limits = plan.limits;
  if (limits.state > 0) table.row({"state of keys", "", "", shown_bytes(limits.state)});
  table.row({"all", std::to_string(plan.stages.size()), grouped(limits.records),
             shown_bytes(limits.memory)});
  return table.text();
}

}  // namespace weir::cli
