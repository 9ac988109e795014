#include "runtime/worst_case.h"

#include "runtime/figures.h"
#include "runtime/table.h"

namespace weir {
namespace {

const PlannedStage& first_of(const Plan& plan, const Region& region) {
  return plan.stages[static_cast<std::size_t>(region.first)];
}

std::string name_of(const Plan& plan, const Region& region) {
  const std::string& name = first_of(plan, region).name;
  return region.letters ? name + " (dead letters)" : name;
}

std::string workers_of(const Plan& plan, const Region& region) {
  // Batches are worked on by the threads of the run.
  if (!region.calls) return std::to_string(plan.limits.threads);
  const Workers& workers = first_of(plan, region).workers;
  const std::string most = grouped(static_cast<std::uint64_t>(workers.max));
  return workers.min == workers.max
             ? most
             : grouped(static_cast<std::uint64_t>(workers.min)) + " to " + most;
}

/// How many of the region's records its reorder buffer may hold: all but the one waited for.
std::string waiting_in(const Region& region) {
  return grouped(region.order == Order::none ? 0 : region.records - 1);
}

}  // namespace

std::string worst_case(const Plan& plan, bool colours) {
  using enum Align;
  Table table({left, right, right, right, right, right, left});
  table.head({"region", "stages", "records", "memory", "workers", "may wait", "order"}, colours);
  for (const Region& region : plan.regions) {
    const int stages = region.last - region.first + 1;
    table.row({name_of(plan, region), std::to_string(stages), grouped(region.records),
               shown_bytes(region.memory), workers_of(plan, region), waiting_in(region),
               OptionType<Order>::show(region.order)});
  }
  const Limits& limits = plan.limits;
  if (limits.state > 0) table.row({"state of keys", "", "", shown_bytes(limits.state)});
  table.row({"all", std::to_string(plan.stages.size()), grouped(limits.records),
             shown_bytes(limits.memory)});
  return table.text();
}

}  // namespace weir
