#include "graph/flow/batch/pacer.h"

#include <algorithm>

namespace weir::flow {
namespace {

/// Updates an exponential average that starts at the first value.
void average(double& mean, double value) { mean = mean == 0 ? value : mean + (value - mean) / 8; }

}  // namespace

void Pacer::note(std::uint32_t records, std::uint64_t bytes, std::uint64_t slowest_ns,
                 std::uint64_t footprint) {
  const std::uint64_t before = footprint_.load(std::memory_order_relaxed);
  footprint_.store(std::max(footprint, before - before / 16), std::memory_order_relaxed);
  if (records == 0) return;
  average(ns_per_record_, static_cast<double>(slowest_ns) / records);
  average(bytes_per_record_, static_cast<double>(bytes) / records);
  average(footprint_per_record_, static_cast<double>(footprint) / records);
  const double fit = std::min(kTargetNs / std::max(ns_per_record_, 1.0),
                              kMaxFootprint / std::max(footprint_per_record_, 1.0));
  const std::uint32_t now = want_records_.load(std::memory_order_relaxed);
  const double wanted = std::clamp(fit, 1.0, std::min<double>(kMaxRecords, 8.0 * now));
  want_records_.store(static_cast<std::uint32_t>(wanted), std::memory_order_relaxed);
  // Records without text say nothing about bytes.
  const double text = bytes_per_record_ > 0 ? bytes_per_record_ * wanted : kMaxBytes;
  want_bytes_.store(static_cast<std::uint64_t>(std::clamp<double>(text, kMinBytes, kMaxBytes)),
                    std::memory_order_relaxed);
}

}  // namespace weir::flow
