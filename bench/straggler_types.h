#pragma once

#include <cstdint>
#include <vector>

#include "weir/registry.h"

namespace bench {

/// Registers bench.records, bench.spin and bench.latency.
void add_straggler_stages(weir::Registry& registry);

/// The sink of the straggler benches. It measures how long each record was on its way, and whether
/// the records come in order.
class Latency final : public weir::Sink {
 public:
  void write(weir::Batch& batch) override;
  /// Prints `seconds items complete inversions inversions_within_keys peak_rss_kib` and, in
  /// nanoseconds, the percentiles 50, 90, 99, 99.9 and 100 of the time in the pipeline.
  void print(double seconds) const;

 private:
  void add(std::uint64_t number, std::uint64_t key, std::uint64_t latency);

  std::vector<std::uint64_t> latencies_;  ///< In nanoseconds.
  std::vector<std::uint64_t> behind_;     ///< For each key, the number after the last one seen.
  std::uint64_t next_ = 0;
  std::uint64_t sum_ = 0;  ///< The sum of the numbers.
  std::uint64_t inversions_ = 0;
  std::uint64_t inversions_within_keys_ = 0;
};

}  // namespace bench
