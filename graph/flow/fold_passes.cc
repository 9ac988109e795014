#include "graph/flow/fold_passes.h"

#include <algorithm>
#include <optional>

#include "graph/flow/order/ids.h"

namespace weir::flow {
namespace {

void add(CallReport& to, const CallReport& from) {
  to.attempts += from.attempts;
  to.retries += from.retries;
  to.hedges += from.hedges;
  to.hedges_won += from.hedges_won;
  to.late += from.late;
  to.written_off += from.written_off;
  to.shed += from.shed;
  to.evicted += from.evicted;
  to.workers = std::max(to.workers, from.workers);
  to.peak_workers = std::max(to.peak_workers, from.peak_workers);
  to.peak_records += from.peak_records;
  // Percentiles of the parts do not give a percentile of the whole. Those of the slower part bound
  // it.
  to.p50 = std::max(to.p50, from.p50);
  to.p99 = std::max(to.p99, from.p99);
}

void add(StageReport& to, const StageReport& from) {
  to.in += from.in;
  to.out += from.out;
  to.busy_seconds += from.busy_seconds;
  for (const auto& [kind, count] : from.errors) to.errors[kind] += count;
  for (const auto& [name, count] : from.counters) to.counters[name] += count;
  if (from.calls && to.calls) add(*to.calls, *from.calls);
}

}  // namespace

void fold_passes(Report& report, const compile::Plan& plan) {
  std::vector<StageId> order;
  for (const StageId i : plan.stages.ids()) {
    const std::optional<StageId> first = plan.stages[i].pass_of;
    if (!first) order.push_back(i);
    if (first) add(report.stages[first->number()], report.stages[i.number()]);
  }
  std::ranges::stable_sort(order, {}, [&](StageId i) { return plan.stages[i].mark; });
  std::vector<StageReport> stages;
  for (const StageId i : order) stages.push_back(std::move(report.stages[i.number()]));
  report.stages = std::move(stages);
}

}  // namespace weir::flow
