// W5 written by hand: `hand_w5 W5 --input LOG --output CSV --threads N`. Threads read ranges of the
// file and cut their lines in parallel; the ring writes the results in order.

#include "bench/peers/access_files.h"
#include "bench/peers/ordered_ring.h"

int main(int argc, char** argv) {
  using namespace bench;
  const Arguments arguments(argc, argv);
  const Stopwatch stopwatch;
  AccessFiles files(arguments);
  const int threads = static_cast<int>(arguments.number("--threads", 2));
  OrderedRing<Range> ring(static_cast<std::size_t>(4 * threads));
  ring.run(
      threads, [&](Range& range) { return files.next(range); },
      [&](Range& range) { files.work(range); }, [&](Range& range) { files.take(range); });
  print_result(stopwatch.seconds(), files.lines(), 0);
  return files.good() ? 0 : 1;
}
