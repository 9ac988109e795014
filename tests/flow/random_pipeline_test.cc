#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/flow/interpreter.h"
#include "tests/flow/pipeline.h"

namespace weir::test {
namespace {

/// WEIR_SEEDS=FROM:COUNT runs others than the default ones.
std::pair<std::uint64_t, std::uint64_t> seeds() {
  std::uint64_t from = 1;
#if defined(__SANITIZE_THREAD__)
  std::uint64_t count = 150;
#else
  std::uint64_t count = 700;
#endif
  if (const char* given = std::getenv("WEIR_SEEDS")) {
    char* end = nullptr;
    from = std::strtoull(given, &end, 10);
    if (*end == ':') count = std::strtoull(end + 1, nullptr, 10);
  }
  return {from, count};
}

std::uint64_t sum(const Report& report) {
  std::uint64_t total = 0;
  for (std::uint64_t n : report.outcomes) total += n;
  return total;
}

std::uint64_t errors(const Report& report) {
  std::uint64_t total = 0;
  for (const StageReport& stage : report.stages) {
    for (const auto& [kind, count] : stage.errors) total += count;
  }
  return total;
}

void compare(const MixPipeline& pipeline, const Expected& expected, int threads) {
  Pipeline run(pipeline.yaml(), threads);
  const Report report = run.run();
  std::vector<std::string> texts = run.texts();
  std::vector<std::string> wanted = expected.texts;
  if (!pipeline.ordered()) {
    std::sort(texts.begin(), texts.end());
    std::sort(wanted.begin(), wanted.end());
  }
  CHECK(texts == wanted);
  CHECK(report.delivered == wanted.size());
  CHECK(sum(report) == report.read);
  CHECK(report.peak_memory <= run.plan().limits.memory);
  CHECK(report.peak_records <= run.plan().limits.records);
  if (expected.failed) {
    REQUIRE(report.status == RunStatus::failed);
    CHECK_FALSE(run.committed());
    if (expected.failed_at >= 0) {
      CHECK(report.failure.origin.position == static_cast<std::uint64_t>(expected.failed_at));
    }
    CHECK(count_of(report, Outcome::delivered) ==
          expected.outcomes[static_cast<std::size_t>(Outcome::delivered)]);
    return;
  }
  REQUIRE(report.status == RunStatus::ok);
  CHECK(run.committed());
  CHECK(errors(report) == expected.errors);
  std::array<std::uint64_t, kOutcomes> outcomes = report.outcomes;
  const auto filtered = static_cast<std::size_t>(Outcome::filtered);
  const auto after = report.reasons[filtered].find("after_take");
  if (after != report.reasons[filtered].end()) {
    CHECK(expected.took_all);
    outcomes[filtered] -= after->second;
  }
  CHECK(outcomes == expected.outcomes);
}

}  // namespace

TEST_CASE("random pipelines give what a sequential interpreter gives") {
  const auto [from, count] = seeds();
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    const MixPipeline pipeline = MixPipeline::random(seed);
    const Expected expected = interpret(pipeline);
    for (const int threads : {1, 2, 8}) {
      INFO("seed " << seed << ", threads " << threads << "\n" << pipeline.yaml());
      compare(pipeline, expected, threads);
    }
  }
}

}  // namespace weir::test
