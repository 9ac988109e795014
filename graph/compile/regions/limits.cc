#include "graph/compile/regions/limits.h"

#include <algorithm>
#include <numeric>

namespace weir::compile {
namespace {

constexpr std::uint64_t kMiB = 1ull << 20;
/// The bytes that a stage may take besides those of the record: tables, entries of emitted records.
constexpr std::uint64_t kBesideRecord = kMiB;
/// The bytes that a region needs besides its reserve to hold any other record.
constexpr std::uint64_t kBesideReserve = 2 * kMiB;
/// The smallest default of `record`. A smaller one would make errors of ordinary records.
constexpr std::uint64_t kSmallestDefault = 64 << 10;
/// By default one part in this many of the memory is for the state of keys.
constexpr std::uint64_t kStatePart = 4;

/// Returns a hint that the memory is small because it is `auto`, since the user has not written the
/// number; otherwise `otherwise`.
std::string hint_for(const LimitsSpec& spec, const Limits& limits, const char* otherwise) {
  const bool little = spec.memory.value == 0 && limits.memory < Limits().memory;
  return little ? "'memory' is auto, and the container or the machine has little" : otherwise;
}

/// Returns the size in whole MiB, rounded up.
std::string shown(std::uint64_t bytes) {
  return OptionType<Bytes>::show({(bytes + kMiB - 1) / kMiB * kMiB});
}

std::string with_stages(const LimitNeeds& needs) {
  const std::size_t n = needs.transforms;
  const std::size_t regions = needs.units.size();
  std::string text =
      std::to_string(n) + (n == 1 ? " stage" : " stages") + " between source and sink";
  if (regions > 1) text += " in " + std::to_string(regions) + " regions";
  return text;
}

const Mark& mark_of(const Node* limits, std::string_view key) {
  static constexpr Mark kNowhere;
  const Node* value = limits ? limits->find(key) : nullptr;
  return value ? value->mark : limits ? limits->mark : kNowhere;
}

std::uint64_t sum_of(const IdVector<RegionId, std::uint64_t>& needs) {
  return std::accumulate(needs.begin(), needs.end(), std::uint64_t{0});
}

/// Returns the bytes that are kept back so that the oldest record can always be finished.
/// (DESIGN.md, "Memory".)
std::uint64_t reserve_of(std::uint64_t units, std::uint64_t record) {
  return units * (record + kBesideRecord);
}

/// Returns the largest record whose reserves take no more than half of `memory`.
std::uint64_t fitting_record(std::uint64_t memory, std::uint64_t units) {
  const std::uint64_t share = memory / 2 / units;
  return share > kBesideRecord ? share - kBesideRecord : 0;
}

/// Returns the memory that holds reserves of `reserve` bytes, as much again, and the state.
std::uint64_t suffices(std::uint64_t reserve, const LimitsSpec& spec, std::uint64_t state) {
  const std::uint64_t both = 2 * reserve;
  if (state == 0 || spec.state) return both + state;
  return (both * kStatePart + kStatePart - 2) / (kStatePart - 1);
}

void check_records(const Limits& limits, const Node* node, const LimitNeeds& needs,
                   Diagnostics& diagnostics) {
  const std::uint64_t needed = sum_of(needs.records);
  if (needed <= limits.records) return;
  diagnostics.error(mark_of(node, "records"),
                    "expected 'records' of at least " + std::to_string(needed) + " with " +
                        with_stages(needs) + ", got " + std::to_string(limits.records),
                    needed > needs.records.size()
                        ? "where several inputs meet it takes one for each and one more"
                        : "");
}

/// Reports a written `record` whose reserves do not fit with the state and some room for each
/// region.
void check_record(const Limits& limits, const LimitsSpec& spec, const Node* node,
                  const LimitNeeds& needs, Diagnostics& diagnostics) {
  const std::uint64_t needed = reserve_of(sum_of(needs.units), limits.record) +
                               kBesideReserve * needs.units.size() + limits.state;
  if (needed <= limits.memory) return;
  std::string message = "a record of " + OptionType<Bytes>::show({limits.record});
  if (spec.state) message += " and a state of " + OptionType<Bytes>::show(*spec.state);
  message += spec.state ? " need" : " needs";
  diagnostics.error(mark_of(node, "record"),
                    message + " 'memory' of at least " + shown(needed) + " with " +
                        with_stages(needs) + ", got " + OptionType<Bytes>::show({limits.memory}),
                    hint_for(spec, limits, ""));
}

/// Sets `record` to its default for this memory. Reports a memory that is too small for any.
void derive_record(Limits& limits, const LimitsSpec& spec, const Node* node,
                   const LimitNeeds& needs, Diagnostics& diagnostics) {
  const std::uint64_t units = sum_of(needs.units);
  const std::uint64_t free = limits.memory - std::min(limits.state, limits.memory);
  limits.record = std::min(limits.record, fitting_record(free, units));
  if (limits.record >= kSmallestDefault) return;
  const std::uint64_t reserve = reserve_of(units, kSmallestDefault);
  diagnostics.error(mark_of(node, "memory"),
                    "expected 'memory' of at least " +
                        shown(suffices(reserve, spec, limits.state)) + " with " +
                        with_stages(needs) + ", got " + OptionType<Bytes>::show({limits.memory}),
                    hint_for(spec, limits, "or say how large a 'record' may be"));
}

}  // namespace

Limits resolve_limits(const LimitsSpec& spec, const Node* node, const LimitNeeds& needs,
                      const LoadOptions& options, Diagnostics& diagnostics) {
  Limits limits;
  limits.records = spec.records;
  limits.memory = spec.memory.value > 0 ? spec.memory.value : options.auto_memory;
  limits.drain = spec.drain;
  limits.threads = spec.threads.value > 0 ? spec.threads.value : std::max(options.auto_threads, 1);
  if (options.threads > 0) limits.threads = options.threads;
  if (limits.threads > Count::kMost) {
    diagnostics.error({}, "expected at most " + std::to_string(Count::kMost) + " threads, got " +
                              std::to_string(limits.threads));
  }
  if (spec.state || needs.stateful) {
    limits.state = spec.state.value_or(Bytes{limits.memory / kStatePart}).value;
  }
  check_records(limits, node, needs, diagnostics);
  if (spec.record) {
    limits.record = spec.record->value;
    check_record(limits, spec, node, needs, diagnostics);
  } else {
    derive_record(limits, spec, node, needs, diagnostics);
  }
  return limits;
}

void share_out(const Limits& limits, const LimitNeeds& needs, Regions& regions) {
  const std::uint64_t reserves = reserve_of(sum_of(needs.units), limits.record);
  const std::uint64_t memory = limits.memory - limits.state - reserves;
  const std::uint64_t records = limits.records - sum_of(needs.records);
  const std::uint64_t n = regions.size();
  for (const RegionId r : regions.ids()) {
    Region& region = regions[r];
    const bool first = r == RegionId();
    region.reserve = reserve_of(needs.units[r], limits.record);
    region.memory = region.reserve + memory / n + (first ? memory % n : 0);
    region.records = needs.records[r] + records / n + (first ? records % n : 0);
  }
}

}  // namespace weir::compile
