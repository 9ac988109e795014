#pragma once

// W1 to W3 for peers that batch by hand: the numbers 0 to items - 1 in batches.

#include <cstdint>
#include <vector>

#include "bench/burn.h"
#include "bench/program.h"

namespace bench {

/// The arguments of a run.
struct Job {
  explicit Job(const Arguments& arguments)
      : items(arguments.number("--items", 2'000'000)),
        iterations(arguments.number("--spin", 8)),
        batch(arguments.number("--batch", 1024)),
        window(arguments.number("--window", 64)),
        threads(static_cast<int>(arguments.number("--threads", 2))),
        skew(arguments.mode() == "W3") {}

  std::uint64_t items;
  std::uint64_t iterations;  ///< Iterations of `burn` for one item.
  std::uint64_t batch;       ///< Items in a batch.
  std::uint64_t window;      ///< Batches in flight.
  int threads;
  bool skew;
};

using IntBatch = std::vector<std::uint64_t>;

/// The serial source, the parallel stage and the ordered sink.
class Ints {
 public:
  explicit Ints(const Job& job) : job_(job) {}

  bool fill(IntBatch& batch) {
    batch.clear();
    for (; next_ < job_.items && batch.size() < job_.batch; ++next_) batch.push_back(next_);
    return !batch.empty();
  }
  void work(IntBatch& batch) const {
    for (std::uint64_t& item : batch) item = bench::work(item, job_.iterations, job_.skew);
  }
  void take(const IntBatch& batch) {
    for (const std::uint64_t result : batch) sum_ = add_in_order(sum_, result);
  }
  std::uint64_t sum() const { return sum_; }

 private:
  const Job& job_;
  std::uint64_t next_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace bench
