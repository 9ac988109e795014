#include <catch2/catch.hpp>

#include "tests/flow/random/call_checks.h"
#include "tests/flow/random/seeds.h"

namespace weir::flow::test {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 60;
#elif defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kSeeds = 200;
#else
constexpr std::uint64_t kSeeds = 1100;
#endif

}  // namespace

TEST_CASE("random pipelines of called stages give what a sequential interpreter gives") {
  for (const std::uint64_t seed : seeds("WEIR_SEEDS", kSeeds)) {
    CallPipeline pipeline = CallPipeline::random(seed, false);
    const CallExpected expected = interpret(pipeline);
    for (const int threads : {1, 2, 8}) {
      INFO("seed " << seed << ", threads " << threads << "\n" << pipeline.yaml());
      compare(pipeline, expected, threads);
    }
  }
}

TEST_CASE("random pipelines that clocks decide about lose and double nothing") {
  for (const std::uint64_t seed : seeds("WEIR_SEEDS", kSeeds / 3)) {
    CallPipeline pipeline = CallPipeline::random(seed, true);
    for (const int threads : {1, 2, 8}) {
      INFO("seed " << seed << ", threads " << threads << "\n" << pipeline.yaml());
      check_shaky(pipeline, threads);
    }
  }
}

}  // namespace weir::flow::test
