#include <catch2/catch.hpp>

#include "tests/flow/random/graph_checks.h"
#include "tests/flow/random/seeds.h"

namespace weir::flow::test {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 40;
#elif defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kSeeds = 100;
#else
constexpr std::uint64_t kSeeds = 400;
#endif

}  // namespace

TEST_CASE("random graphs give what a sequential oracle gives") {
  std::uint64_t drawn = 0;
  std::uint64_t compared = 0;
  for (const std::uint64_t seed : seeds("WEIR_GRAPHS", kSeeds)) {
    INFO("seed " << seed);
    Graph graph = Graph::random(seed);
    ++drawn;
    compared += compare(graph);
  }
  CHECK(compared * 10 >= drawn * 9);
}

}  // namespace weir::flow::test
