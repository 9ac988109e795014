#pragma once

#include <cstdint>

#include "weir/registry.h"

namespace bench {

/// Registers bench.ints, bench.burn and bench.check.
void add_bench_stages(weir::Registry& registry);

/// The sink of W1 to W3, which sums the results.
class Check final : public weir::Sink {
 public:
  void write(weir::Batch& batch) override;
  /// Returns the sum of all results; another order gives another sum.
  std::uint64_t sum() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

}  // namespace bench
