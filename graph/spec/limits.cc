#include "graph/spec/limits.h"

#include <algorithm>

namespace weir {
namespace {

constexpr std::uint64_t kMiB = 1ull << 20;
/// What a stage may take beside the record's own bytes (tables, entries of emitted records).
constexpr std::uint64_t kBesideRecord = kMiB;
/// What must be left beside the reserve for anything to be read at all.
constexpr std::uint64_t kBesideReserve = 2 * kMiB;
/// A default below this would make errors of ordinary records.
constexpr std::uint64_t kSmallestDefault = 64 << 10;

/// In whole MiB, rounded up.
std::string shown(std::uint64_t bytes) {
  return OptionType<Bytes>::show({(bytes + kMiB - 1) / kMiB * kMiB});
}

std::string with_stages(std::size_t transforms) {
  return std::to_string(transforms) + (transforms == 1 ? " stage" : " stages") +
         " between source and sink";
}

const Mark& mark_of(const Node* limits, std::string_view key) {
  static constexpr Mark kNowhere;
  const Node* value = limits ? limits->find(key) : nullptr;
  return value ? value->mark : limits ? limits->mark : kNowhere;
}

/// The largest record whose reserve takes no more than half of the memory.
std::uint64_t fitting_record(std::uint64_t memory, std::size_t transforms) {
  const std::uint64_t share = memory / 2 / (transforms + 1);
  return share > kBesideRecord ? share - kBesideRecord : 0;
}

}  // namespace

std::uint64_t reserve_of(std::size_t transforms, std::uint64_t record) {
  return (transforms + 1) * (record + kBesideRecord);
}

Limits resolve_limits(const LimitsSpec& spec, const Node* node, std::size_t transforms,
                      const LoadOptions& options, Diagnostics& diagnostics) {
  Limits limits;
  limits.records = spec.records;
  limits.memory = spec.memory.value;
  limits.drain = spec.drain;
  limits.threads = spec.threads.value > 0 ? spec.threads.value : std::max(options.auto_threads, 1);
  if (options.threads > 0) limits.threads = options.threads;
  if (limits.threads > Count::kMost) {
    diagnostics.error({}, "expected at most " + std::to_string(Count::kMost) + " threads, got " +
                              std::to_string(limits.threads));
  }
  if (spec.record) {
    limits.record = spec.record->value;
    const std::uint64_t needed = reserve_of(transforms, limits.record) + kBesideReserve;
    if (needed > limits.memory) {
      diagnostics.error(mark_of(node, "record"),
                        "a record of " + OptionType<Bytes>::show(*spec.record) +
                            " needs 'memory' of at least " + shown(needed) + " with " +
                            with_stages(transforms) + ", got " +
                            OptionType<Bytes>::show(spec.memory));
    }
    return limits;
  }
  limits.record = std::min(limits.record, fitting_record(limits.memory, transforms));
  if (limits.record < kSmallestDefault) {
    diagnostics.error(mark_of(node, "memory"),
                      "expected 'memory' of at least " +
                          shown(2 * reserve_of(transforms, kSmallestDefault)) + " with " +
                          with_stages(transforms) + ", got " + OptionType<Bytes>::show(spec.memory),
                      "or say how large a 'record' may be");
  }
  return limits;
}

}  // namespace weir
