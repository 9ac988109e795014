// W1 to W3 written by hand: `hand W1|W2|W3 --items N --spin N --batch N --window N --threads N`.
// With one thread it is the plain serial loop. `hand calibrate --ns N` prints how many
// iterations of `burn` make an item cost N nanoseconds here.

#include <algorithm>
#include <thread>

#include "bench/peers/ints.h"
#include "bench/peers/ordered_ring.h"

namespace {

using namespace bench;

std::uint64_t serial(const Job& job) {
  std::uint64_t sum = 0;
  for (std::uint64_t item = 0; item < job.items; ++item) {
    sum = add_in_order(sum, work(item, job.iterations, job.skew));
  }
  return sum;
}

std::uint64_t parallel(const Job& job) {
  Ints ints(job);
  OrderedRing<IntBatch> ring(job.window);
  ring.run(
      job.threads, [&](IntBatch& batch) { return ints.fill(batch); },
      [&](IntBatch& batch) { ints.work(batch); }, [&](IntBatch& batch) { ints.take(batch); });
  return ints.sum();
}

/// Returns the cost of an item in nanoseconds where items follow each other. The processor works on
/// the end of one and the beginning of the next at the same time, so this is less than the length
/// of the chain.
double cost_of(std::uint64_t iterations) {
  const std::uint64_t items = 20'000'000 / iterations + 1;
  double best = 1e9;
  std::uint64_t sum = 0;
  for (int round = 0; round < 9; ++round) {
    const Stopwatch stopwatch;
    for (std::uint64_t item = 0; item < items; ++item) {
      sum = add_in_order(sum, work(item, iterations, false));
    }
    best = std::min(best, stopwatch.seconds());
  }
  asm volatile("" : : "r"(sum));
  return best / static_cast<double>(items) * 1e9;
}

int calibrate(double wanted_ns) {
  double iterations = std::max(1.0, wanted_ns);
  for (int round = 0; round < 4; ++round) {
    iterations *= wanted_ns / cost_of(static_cast<std::uint64_t>(iterations));
    iterations = std::max(1.0, iterations);
  }
  std::printf("%.0f\n", iterations);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argc, argv);
  if (arguments.mode() == "calibrate") {
    return calibrate(static_cast<double>(arguments.number("--ns", 10)));
  }
  const Job job(arguments);
  const Stopwatch stopwatch;
  const std::uint64_t sum = job.threads == 1 ? serial(job) : parallel(job);
  print_result(stopwatch.seconds(), job.items, sum);
  return 0;
}
