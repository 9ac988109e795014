// W1 to W3 and W5 with oneTBB's parallel_pipeline. The command lines and the work are those of
// `hand` and `hand_w5`; the window is the number of tokens.

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include <vector>

#include "bench/peers/access_files.h"
#include "bench/peers/ints.h"

namespace {

using namespace bench;

/// Runs a pipeline over a ring of batches. Tokens in flight are consecutive, so a batch of the ring
/// is free when its turn comes again.
template <class Batch, class Source, class Work, class Sink>
void run(std::size_t tokens, Source source, Work work, Sink sink) {
  using tbb::filter_mode;
  std::vector<Batch> ring(tokens);
  std::uint64_t next = 0;
  const auto fill = [&](tbb::flow_control& control) -> Batch* {
    Batch& batch = ring[next++ % tokens];
    if (source(batch)) return &batch;
    control.stop();
    return nullptr;
  };
  const auto process = [&](Batch* batch) {
    work(*batch);
    return batch;
  };
  const auto take = [&](Batch* batch) { sink(*batch); };
  tbb::parallel_pipeline(tokens,
                         tbb::make_filter<void, Batch*>(filter_mode::serial_in_order, fill) &
                             tbb::make_filter<Batch*, Batch*>(filter_mode::parallel, process) &
                             tbb::make_filter<Batch*, void>(filter_mode::serial_in_order, take));
}

int run_ints(const Job& job) {
  const Stopwatch stopwatch;
  Ints ints(job);
  run<IntBatch>(
      job.window, [&](IntBatch& batch) { return ints.fill(batch); },
      [&](IntBatch& batch) { ints.work(batch); }, [&](IntBatch& batch) { ints.take(batch); });
  print_result(stopwatch.seconds(), job.items, ints.sum());
  return 0;
}

int run_text(const Arguments& arguments, int threads) {
  const Stopwatch stopwatch;
  AccessFiles files(arguments);
  run<Range>(
      static_cast<std::size_t>(4 * threads), [&](Range& range) { return files.next(range); },
      [&](Range& range) { files.work(range); }, [&](Range& range) { files.take(range); });
  print_result(stopwatch.seconds(), files.lines(), 0);
  return files.good() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argc, argv);
  const Job job(arguments);
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(job.threads));
  return arguments.mode() == "W5" ? run_text(arguments, job.threads) : run_ints(job);
}
