#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/flow/graph_checks.h"

namespace weir::test {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kSeeds = 100;
#else
constexpr std::uint64_t kSeeds = 400;
#endif

/// WEIR_GRAPHS=FROM:COUNT runs others than the default ones.
std::pair<std::uint64_t, std::uint64_t> seeds() {
  std::uint64_t from = 1;
  std::uint64_t count = kSeeds;
  if (const char* given = std::getenv("WEIR_GRAPHS")) {
    char* end = nullptr;
    from = std::strtoull(given, &end, 10);
    if (*end == ':') count = std::strtoull(end + 1, nullptr, 10);
  }
  return {from, count};
}

}  // namespace

TEST_CASE("random graphs give what a sequential oracle gives") {
  const auto [from, count] = seeds();
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    INFO("seed " << seed);
    Graph graph = Graph::random(seed);
    compare(graph);
  }
}

}  // namespace weir::test
