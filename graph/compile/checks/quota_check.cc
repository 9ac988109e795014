#include "graph/compile/checks/quota_check.h"

#include <algorithm>

#include "graph/compile/keys/call_check.h"

namespace weir::compile {
namespace {

/// The value of `workers: auto` for a stage that waits without a thread, and for one that waits on
/// threads of its own.
constexpr int kAutoAsync = 64;
constexpr int kAutoBlocking = 16;

const Node& value_of(const Node& map, const char* key) { return entry_of(map, key)->value; }

/// Returns the quota in whole KiB, so that it does not look larger than it is.
std::string shown_quota(std::uint64_t bytes) {
  return OptionType<Bytes>::show({bytes < 1024 ? bytes : bytes / 1024 * 1024});
}

int auto_workers(const Draft& draft, const Limits& limits) {
  if (draft.type->role == Role::async_transform) return kAutoAsync;
  return draft.type->blocking ? kAutoBlocking : limits.threads;
}

void check_number_of_workers(Draft& draft, const Region& region, bool called, const Limits& limits,
                             Diagnostics& diagnostics) {
  Workers& workers = draft.spec.workers;
  if (workers.max == 0) {
    if (!called) return;
    const auto most = static_cast<int>(std::min<std::uint64_t>(region.records, Count::kMost));
    workers.min = workers.max = std::min(auto_workers(draft, limits), most);
  } else if (static_cast<std::uint64_t>(workers.max) > region.records) {
    diagnostics.error(mark_of_workers(draft.spec),
                      "expected at most " + std::to_string(region.records) + " workers, got " +
                          std::to_string(workers.max),
                      "that many records are its region's quota of 'limits.records'");
  }
}

void check_queue(const StageSpec& spec, const Region& region, Diagnostics& diagnostics) {
  if (!spec.queue) return;
  const Node& queue = value_of(*spec.node, "queue");
  if (spec.queue->records && *spec.queue->records > region.records) {
    diagnostics.error(value_of(queue, "records").mark,
                      "expected 'records' of at most " + std::to_string(region.records) + ", got " +
                          std::to_string(*spec.queue->records),
                      "that is its region's quota of 'limits.records'");
  }
  if (spec.queue->bytes && spec.queue->bytes->value > region.memory) {
    diagnostics.error(value_of(queue, "bytes").mark,
                      "expected 'bytes' of at most " + shown_quota(region.memory) + ", got " +
                          OptionType<Bytes>::show(*spec.queue->bytes),
                      "that is its region's quota of 'limits.memory'");
  }
}

void check_cost(const StageSpec& spec, Diagnostics& diagnostics) {
  if (!spec.cost || spec.workers.max == 0) return;
  if (spec.cost->fixed <= static_cast<std::uint32_t>(spec.workers.max)) return;
  diagnostics.error(value_of(*spec.node, "cost").mark,
                    "a cost of " + std::to_string(spec.cost->fixed) +
                        " needs at least as many 'workers', got " +
                        std::to_string(spec.workers.max));
}

}  // namespace

void check_quotas(Drafts& drafts, const Regions& regions, const Limits& limits,
                  Diagnostics& diagnostics) {
  for (const Region& region : regions) {
    for (const StageId i : region.stages()) {
      Draft& draft = drafts[i];
      if (draft.pass_of) {
        // All passes use one set of permits.
        draft.spec.workers = drafts[*draft.pass_of].spec.workers;
        continue;
      }
      const bool called = region.calls && i == region.first;
      check_number_of_workers(draft, region, called, limits, diagnostics);
      check_queue(draft.spec, region, diagnostics);
      check_cost(draft.spec, diagnostics);
    }
  }
}

}  // namespace weir::compile
