#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/flow/call_checks.h"

namespace weir::test {
namespace {

/// WEIR_SEEDS=FROM:COUNT runs others than the default ones.
std::pair<std::uint64_t, std::uint64_t> seeds(std::uint64_t count) {
  std::uint64_t from = 1;
  if (const char* given = std::getenv("WEIR_SEEDS")) {
    char* end = nullptr;
    from = std::strtoull(given, &end, 10);
    if (*end == ':') count = std::strtoull(end + 1, nullptr, 10);
  }
  return {from, count};
}

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kSeeds = 200;
#else
constexpr std::uint64_t kSeeds = 1100;
#endif

}  // namespace

TEST_CASE("random pipelines of called stages give what a sequential interpreter gives") {
  const auto [from, count] = seeds(kSeeds);
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    CallPipeline pipeline = CallPipeline::random(seed, false);
    const CallExpected expected = interpret(pipeline);
    for (const int threads : {1, 2, 8}) {
      INFO("seed " << seed << ", threads " << threads << "\n" << pipeline.yaml());
      compare(pipeline, expected, threads);
    }
  }
}

TEST_CASE("random pipelines that clocks decide about lose and double nothing") {
  const auto [from, count] = seeds(kSeeds / 3);
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    CallPipeline pipeline = CallPipeline::random(seed, true);
    for (const int threads : {1, 2, 8}) {
      INFO("seed " << seed << ", threads " << threads << "\n" << pipeline.yaml());
      check_shaky(pipeline, threads);
    }
  }
}

}  // namespace weir::test
