// Stages that want no more records: in one branch, in all, above a fork and below a merge.

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

constexpr std::uint64_t kEndless = 1'000'000'000;

Texts twice(std::uint64_t count) {
  Texts texts;
  for (const std::string& n : numbers(count)) texts.insert(texts.end(), {n, n + "b"});
  return texts;
}

}  // namespace

TEST_CASE("a take in one branch leaves the others all records") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages =
      numbered_source(5000) + stage("a", "read", "take", "with: { count: 10 }") +
      stage("a_out", "", "late.sink") + stage("b", "read", "late.async", "workers: 1") +
      stage("b_out", "", "late.sink");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "a_out") == numbers(10));
  CHECK(texts_of(pipeline, "b_out") == numbers(5000));
  CHECK(report.read == 5000);
  CHECK(count_of(report, Outcome::delivered) == 5000);
  CHECK(sums_up(report));
}

TEST_CASE("takes in all branches end an endless source") {
  const int threads = GENERATE(1, 2, 8);
  const std::string until = GENERATE(std::string("take"), std::string("take_until"));
  const std::string both =
      until == "take" ? "with: { count: 2000 }" : "with:\n      where: n == 1999";
  Pipeline pipeline(
      "limits: { records: 1000 }\n" + numbered_source(kEndless) + stage("label", "", "late.label") +
          stage("a", "label", "take", "with: { count: 10 }") + stage("a_out", "", "late.sink") +
          stage("b", "label", until, both) + stage("b_out", "", "late.sink"),
      threads);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("n", static_cast<std::int64_t>(number_of(record)));
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "a_out") == numbers(10));
  CHECK(texts_of(pipeline, "b_out") == numbers(2000));
  CHECK(count_of(report, Outcome::delivered) == 2000);
  CHECK(count_of(report, Outcome::filtered) == report.read - 2000);
  // No more than may be in flight, and what is read at once.
  CHECK(report.read <= 2000 + 2 * 1000);
  CHECK(sums_up(report));
}

TEST_CASE("a take above a fork and one below a merge end an endless source") {
  const int threads = GENERATE(1, 2, 8);
  const bool above = GENERATE(true, false);
  const std::string take = "with: { count: 100 }";
  Pipeline pipeline(
      numbered_source(kEndless, "limits: { records: 1000 }\n") +
          (above ? stage("first", "", "take", take) : stage("first", "", "late.plain")) +
          stage("a", "first", "late.plain") + stage("b", "first", "late.async", "workers: 8") +
          stage("m", "[a, b]", above ? "late.plain" : "take", above ? "" : take) +
          stage("out", "", "late.sink"),
      threads);
  RandomAnswers answers(9, 100);
  stage_of<ScriptedAsync>(pipeline, "b").act = answers.by(tagged("b"));
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == twice(above ? 100 : 50));
  CHECK(count_of(report, Outcome::delivered) == (above ? 100 : 50));
  CHECK(count_of(report, Outcome::filtered) == report.read - (above ? 100 : 50));
  CHECK(report.read <= 100 + 2 * 1000);
  CHECK(sums_up(report));
}

TEST_CASE("a take in a diamond ends its branch, and the merge goes on") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(numbered_source(3000) + stage("a", "read", "take", "with: { count: 10 }") +
                        stage("b", "read", "late.async", "workers: 8") +
                        stage("m", "[a, b]", "late.plain") + stage("out", "", "late.sink"),
                    threads);
  RandomAnswers answers(9, 100);
  stage_of<ScriptedAsync>(pipeline, "b").act = answers.by(tagged("b"));
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(with_tag(texts_of(pipeline, "out"), "b") == tagged_numbers(3000, "b"));
  CHECK(texts_of(pipeline, "out").size() == 3010);
  CHECK(count_of(report, Outcome::delivered) == 3000);
}

TEST_CASE("a take behind several sources ends them all") {
  const int threads = GENERATE(1, 2, 8);
  const std::string policy =
      GENERATE(std::string("arrival"), std::string("concat"), std::string("round_robin"));
  Pipeline pipeline("limits: { records: 1000 }\nstages:\n" +
                        stage("a", "", "shape.source", "with: { count: 0, tag: a }") +
                        stage("b", "", "shape.source", "with: { count: 0, tag: b }") +
                        stage("m", "[a, b]", "take", "with: { count: 500 }\n    merge: " + policy) +
                        stage("out", "", "late.sink"),
                    threads);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out").size() == 500);
  CHECK(count_of(report, Outcome::delivered) == 500);
  CHECK(count_of(report, Outcome::filtered) == report.read - 500);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
