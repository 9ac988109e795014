// With the most of each that a plan may have, every number still says what it should.

#include "graph/compile/plan/bounds.h"

#include <catch2/catch.hpp>

#include "graph/flow/batch/token.h"
#include "graph/flow/context/failure_cut.h"
#include "graph/flow/context/run_context.h"
#include "tests/flow/kit/shape_stages.h"
#include "tests/machine/folder.h"

namespace weir::flow::test {
namespace {

constexpr const char* kLimits = "limits: { memory: 40GiB, record: 1KiB, records: 100000 }\n";

/// So many files, each with its number.
class Files {
 public:
  explicit Files(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      folder_.write(std::to_string(i), std::to_string(i) + "\n");
    }
  }
  std::string path(std::size_t i) const { return folder_ / std::to_string(i); }

 private:
  const Folder folder_;
};

}  // namespace

TEST_CASE("outcomes are those of their stages with the most stages that there may be") {
  std::string text =
      std::string(kLimits) + "stages:\n  - uses: test.numbers\n    with: { count: 100 }\n";
  for (std::size_t i = 3; i < compile::kMostStages; ++i) text += "  - uses: late.plain\n";
  text +=
      "  - uses: late.plain\n    name: last\n    on_error: skip\n"
      "  - uses: late.sink\n    name: out\n";
  Pipeline pipeline(text, 2);
  REQUIRE(pipeline.plan().stages.size() == compile::kMostStages);
  stage_of<Scripted>(pipeline, "last").act = [](Record& record, Call&) {
    if (number_of(record) % 4 == 0) record.drop();
    if (number_of(record) % 4 == 1) record.fail("chosen", "on purpose");
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(status_of(report) == "ok");
  using Reasons = std::map<std::string, std::uint64_t>;
  const auto reasons = [&](Outcome outcome) {
    return report.reasons[static_cast<std::size_t>(outcome)];
  };
  CHECK(reasons(Outcome::filtered) == Reasons{{"last", 25}});
  CHECK(reasons(Outcome::skipped) == Reasons{{"last", 25}});
  CHECK(reasons(Outcome::delivered) == Reasons{{"out", 50}});
  CHECK(sums_up(report));
}

TEST_CASE("records of the most sources that there may be know where they come from") {
  const Files files(compile::kMostSources);
  std::string text = std::string(kLimits) + "stages:\n";
  std::string from;
  for (std::size_t i = 0; i < compile::kMostSources; ++i) {
    const std::string name = "s" + std::to_string(i);
    text += "  - uses: file.read\n    name: " + name + "\n    with: { path: '" + files.path(i) +
            "' }\n";
    from += (i == 0 ? "" : ", ") + name;
  }
  text += stage("where", "[" + from + "]", "set", "with: { fields: { path: record.path } }") +
          stage("show", "", "shape.text") + stage("out", "", "late.sink");
  Pipeline pipeline(text, 2);
  stage_of<Scripted>(pipeline, "show").act = [](Record& record, Call&) {
    record.set_text(std::string(record.text()) + " " + std::string(record.get("path").as_text()));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(status_of(report) == "ok");
  REQUIRE(texts_of(pipeline, "out").size() == compile::kMostSources);
  for (const std::string& line : texts_of(pipeline, "out")) {
    const std::uint64_t number = number_in(line);
    CHECK(line == std::to_string(number) + " " + files.path(number));
  }
}

TEST_CASE("a source has at most so many parts") {
  PartTable parts(2, 3);
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(parts.add(SourceId(1), {"part", {}}) == i);
  CHECK_THROWS_AS(parts.add(SourceId(1), {"part", {}}), Error);
  CHECK(parts.add(SourceId(0), {"other", {}}) == 0);
  CHECK(detail::source_of(detail::part_of(compile::kMostSources - 1, detail::kMostParts - 1)) ==
        compile::kMostSources - 1);
  CHECK(detail::number_of(detail::part_of(compile::kMostSources - 1, detail::kMostParts - 1)) ==
        detail::kMostParts - 1);
}

TEST_CASE("what the last of the most regions makes in the end stands behind all others") {
  const auto made = [](std::size_t region, std::uint64_t number) {
    return OriginPlace{number_behind_all(RegionId(region), number), 0, SourceId()};
  };
  const TokenNumber last((std::uint64_t{1} << (kTokenBits - 1)) - 1);
  const std::vector<OriginPlace> ascending = {{TokenNumber(), kMostRoots - 1, SourceId()},
                                              {last, 0, SourceId()},
                                              made(0, 0),
                                              made(0, ~std::uint64_t{0}),
                                              made(1, 0),
                                              made(compile::kMostRegions - 1, 0),
                                              made(compile::kMostRegions - 1, ~std::uint64_t{0})};
  for (std::size_t at = 0; at < ascending.size(); ++at) {
    FailureCut cut(1);
    cut.lower(ascending[at], {});
    for (std::size_t other = 0; other < ascending.size(); ++other) {
      INFO(at << ", " << other);
      CHECK(cut.behind(ascending[other]) == (other > at));
      CHECK(cut.holds_back(ascending[other]) == (other >= at));
    }
  }
}

TEST_CASE("errors of too many kinds are counted as one more") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 5000;
  Pipeline pipeline(around(kCount, "  - uses: late.plain\n    name: all\n    on_error: skip\n"),
                    threads);
  stage_of<Scripted>(pipeline, "all").act = [](Record& record, Call&) {
    record.fail("kind " + std::string(record.text()), "on purpose");
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(status_of(report) == "ok");
  const auto& errors = report_of(report, "all").errors;
  CHECK(errors.size() == kMostKinds + 1);
  std::uint64_t sum = 0;
  for (const auto& [kind, count] : errors) sum += count;
  CHECK(sum == kCount);
  CHECK(errors.at("other") == kCount - kMostKinds);
  CHECK(count_of(report, Outcome::skipped) == kCount);
}

TEST_CASE("a record tells of as many attempts as there were") {
  Pipeline pipeline(around(1,
                           "  - uses: late.async\n    name: ask\n    on_error: keep\n"
                           "    retry: { attempts: 70000, backoff: 1us, max_backoff: 1us, "
                           "jitter: none }\n"),
                    2);
  stage_of<ScriptedAsync>(pipeline, "ask").act = [](Completion completion) {
    completion.record().fail("chosen", "on purpose");
    completion.done();
  };
  int attempts = 0;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    attempts = record.error().attempts;
  };
  REQUIRE(status_of(run_guarded(pipeline)) == "ok");
  CHECK(attempts == 70000);
}

}  // namespace weir::flow::test
