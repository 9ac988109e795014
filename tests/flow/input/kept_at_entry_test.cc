// What fails on its way into a region and is kept has failed in the region's first stage.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

/// Fails the numbers for which `bad` holds.
std::function<void(Completion)> failing(std::function<bool(std::uint64_t)> bad) {
  return [bad = std::move(bad)](Completion completion) {
    completion.done([&](Record& record, Call&) {
      if (bad(number_of(record))) record.fail("chosen", "on purpose", false);
    });
  };
}

}  // namespace

TEST_CASE("a stage lets what was kept on its way in pass by") {
  const int threads = GENERATE(1, 2, 8);
  const std::string type = GENERATE("late.plain", "late.serial", "late.batch");
  const std::string when = GENERATE("", "    when: 'true'\n");
  Pipeline pipeline(numbered_source(100) + stage("a", "read", "late.async", "on_error: keep") +
                        stage("b", "read", "late.async", "on_error: keep") +
                        stage("m", "[a, b]", type, "merge: first\n    on_error: keep\n" + when) +
                        stage("next", "", "late.plain") + stage("out", "", "late.sink"),
                    threads);
  for (const char* name : {"a", "b"}) {
    stage_of<ScriptedAsync>(pipeline, name).act = failing([](auto n) { return n % 5 == 0; });
  }
  const auto tag = tagged("m");
  stage_of<Scripted>(pipeline, "m", type == "late.plain").act = tag;
  stage_of<ScriptedSerial>(pipeline, "m", type == "late.serial").act = tag;
  stage_of<ScriptedBatch>(pipeline, "m", type == "late.batch").act = [&](Batch& batch, Call& call) {
    batch.each([&](Record& record) { tag(record, call); });
  };
  stage_of<Scripted>(pipeline, "next").act = tagged("n");
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  std::vector<std::string> wanted;
  for (std::uint64_t n = 0; n < 100; ++n) {
    wanted.push_back(std::to_string(n) + (n % 5 == 0 ? "n" : "mn"));
  }
  CHECK(texts_of(pipeline, "out") == wanted);
  CHECK(errors_of(report, "m", "none_good") == 20);
  CHECK(sums_up(report));
}

TEST_CASE("a sink skips what was kept on its way in") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(numbered_source(100) + stage("a", "read", "late.async", "on_error: keep") +
                        stage("b", "read", "late.async", "on_error: keep") +
                        stage("out", "[a, b]", "late.sink", "merge: first\n    on_error: keep"),
                    threads);
  for (const char* name : {"a", "b"}) {
    stage_of<ScriptedAsync>(pipeline, name).act = failing([](auto n) { return n >= 50; });
  }
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == numbers(50));
  CHECK(count_of(report, Outcome::skipped) == 50);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
