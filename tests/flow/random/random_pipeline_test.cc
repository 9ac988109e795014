#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"
#include "tests/flow/random/interpreter.h"
#include "tests/flow/random/seeds.h"
#include "tests/machine/eventually.h"
#include "tests/machine/resident.h"

namespace weir::flow::test {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 60;
#else
constexpr std::uint64_t kSeeds = 700;
#endif

constexpr std::uint64_t kMiB = 1 << 20;
/// What a run has beside its ledger: threads and their stacks, tokens and nodes, what malloc keeps
/// for each thread; and the kernel counts pages in lots, a thread each.
constexpr std::uint64_t kBeside = 8 * kMiB;

void compare(const MixPipeline& pipeline, const Expected& expected, int threads) {
  Pipeline run(pipeline.yaml(), threads);
  const ResidentPeak peak;
  const Report report = run_guarded(run);
  if (const auto above = peak.above()) CHECK(*above <= report.peak_memory + kBeside);
  std::vector<std::string> texts = run.texts();
  std::vector<std::string> wanted = expected.texts;
  if (!pipeline.ordered()) {
    std::sort(texts.begin(), texts.end());
    std::sort(wanted.begin(), wanted.end());
  }
  CHECK(texts == wanted);
  CHECK(report.delivered == wanted.size());
  CHECK(sums_up(report));
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
  CHECK(errors_of(report) == expected.errors);
  CHECK((expected.took_all || count_of(report, Outcome::filtered, "after_take") == 0));
  CHECK(outcomes_up_to_take(report) == expected.outcomes);
}

/// Stages as drawn, but for what ends the run early or makes many records of one.
MixPipeline big_records(std::uint64_t seed) {
  MixPipeline pipeline = MixPipeline::random(seed);
  for (MixStage& stage : pipeline.stages) {
    stage.options.at = stage.take = -1;
    stage.options.emit = 0;
    stage.options.drop = std::min<std::int64_t>(stage.options.drop, 10);
  }
  pipeline.count = 2500;
  pipeline.big = 16 * 1024;
  pipeline.memory = 32 + 2 * static_cast<std::int64_t>(pipeline.stages.size());
  return pipeline;
}

/// Makes the sink wait, in the middle of the run, until the memory is as full as it gets.
void fill_up(Pipeline& run, bool& full) {
  auto& sink = dynamic_cast<Digest&>(run.sink());
  sink.before = [&sink, &full] {
    if (!full && sink.count > 300) full = eventually([] { return others_sleep(); });
  };
}

}  // namespace

TEST_CASE("random pipelines give what a sequential interpreter gives") {
  for (const std::uint64_t seed : seeds("WEIR_SEEDS", kSeeds)) {
    const MixPipeline pipeline = MixPipeline::random(seed);
    const Expected expected = interpret(pipeline);
    for (const int threads : {1, 2, 8}) {
      INFO("seed " << seed << ", threads " << threads << "\n" << pipeline.yaml());
      compare(pipeline, expected, threads);
    }
  }
}

TEST_CASE("random pipelines full of big records stay within their limit, says the resident set") {
  for (const std::uint64_t seed : seeds("WEIR_SEEDS", 8)) {
    const MixPipeline pipeline = big_records(seed);
    for (const int threads : {1, 2, 8}) {
      INFO("seed " << seed << ", threads " << threads << "\n" << pipeline.yaml());
      Pipeline run(pipeline.yaml(), threads);
      bool full = false;
      fill_up(run, full);
      const ResidentPeak peak;
      const Report report = run_guarded(run);
      const auto above = peak.above();
      REQUIRE(status_of(report) == "ok");
      CHECK(full);
      if (!above) continue;
      CHECK(*above <= run.plan().limits.memory + kBeside);
      // It is the ledger's memory that it has risen by. One thread cannot fill it while it waits.
      if (threads > 1) CHECK(*above >= report.peak_memory / 4);
    }
  }
}

}  // namespace weir::flow::test
