// What happens to one branch and what that means for the others: failures, interrupts, and stages
// that want no more.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

constexpr std::uint64_t kEndless = 1'000'000'000;

/// read -> a, b -> m -> out
std::string diamond(std::uint64_t count, const std::string& limits = {}) {
  return numbered_source(count, limits) + stage("a", "read", "late.plain") +
         stage("b", "read", "late.async", "workers: 8") + stage("m", "[a, b]", "late.plain") +
         stage("out", "", "late.sink");
}

/// read -> a -> a_out, read -> b -> b_out
std::string two_ways(std::uint64_t count, const std::string& limits = {}) {
  return numbered_source(count, limits) + stage("a", "read", "late.plain") +
         stage("a_out", "", "late.sink") + stage("b", "read", "late.async", "workers: 8") +
         stage("b_out", "", "late.sink");
}

Texts twice(std::uint64_t count) {
  Texts texts;
  for (const std::string& n : numbers(count)) texts.insert(texts.end(), {n, n + "b"});
  return texts;
}

/// Whether they are the numbers from 0 on, without a gap, perhaps with tags.
bool is_prefix(const Texts& texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (number_in(texts[i]) != i) return false;
  }
  return true;
}

/// How many origins have both records of theirs in the output of the diamond.
std::uint64_t whole_origins(const Texts& texts) { return texts.size() / 2; }

std::uint64_t settled_by_sinks(const Report& report) {
  return count_of(report, Outcome::delivered) + count_of(report, Outcome::abandoned);
}

}  // namespace

TEST_CASE("a failure in one branch of a diamond leaves an exact prefix") {
  const int threads = GENERATE(1, 2, 8);
  const bool in_async = GENERATE(false, true);
  for (std::uint64_t seed = 0; seed < schedules(5); ++seed) {
    const std::uint64_t at = 300 + 200 * seed;
    Pipeline pipeline(diamond(100'000), threads);
    // Others above it fail, too, and earlier.
    const auto fails = [at](std::uint64_t n) { return n % 5000 == at; };
    RandomAnswers answers(seed, 100);
    stage_of<Scripted>(pipeline, "a").act = [&](Record& record, Call&) {
      if (!in_async && fails(number_of(record))) record.fail("chosen", "on purpose", false);
    };
    stage_of<ScriptedAsync>(pipeline, "b").act = answers.by([&](Record& record, Call&) {
      if (in_async && fails(number_of(record))) return record.fail("chosen", "on purpose", false);
      record.set_text(std::string(record.text()) + "b");
    });
    const Report report = run_guarded(pipeline);
    CHECK(report.status == RunStatus::failed);
    CHECK(report.failure.stage == (in_async ? "b" : "a"));
    CHECK(report.failure.origin.position == at);
    // Nothing of the failing origin came by the other branch.
    CHECK(texts_of(pipeline, "out") == twice(at));
    CHECK(count_of(report, Outcome::delivered) == at);
    CHECK(count_of(report, Outcome::abandoned) == report.read - at);
    CHECK_FALSE(stage_of<ScriptedSink>(pipeline, "out").committed.load());
    CHECK(sums_up(report));
  }
}

TEST_CASE("with two sinks each has at least all below the failure cut, in order") {
  const int threads = GENERATE(1, 2, 8);
  for (std::uint64_t seed = 0; seed < schedules(5); ++seed) {
    const std::uint64_t at = 100 + 300 * seed;
    Pipeline pipeline(two_ways(100'000), threads);
    RandomAnswers answers(seed, 300);
    stage_of<ScriptedAsync>(pipeline, "b").act = answers.by([at](Record& record, Call&) {
      if (number_of(record) == at) record.fail("chosen", "on purpose", false);
    });
    const Report report = run_guarded(pipeline);
    CHECK(report.status == RunStatus::failed);
    CHECK(report.failure.stage == "b");
    CHECK(report.failure.origin.position == at);
    CHECK(texts_of(pipeline, "b_out") == numbers(at));
    const Texts& a = texts_of(pipeline, "a_out");
    CHECK(a.size() >= at);
    CHECK(a == numbers(a.size()));
    CHECK(count_of(report, Outcome::delivered) == at);
    CHECK(count_of(report, Outcome::abandoned) == report.read - at);
    CHECK(sums_up(report));
  }
}

TEST_CASE("a sink that fails in one branch ends the other, too") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(two_ways(kEndless), threads);
  stage_of<ScriptedSink>(pipeline, "a_out").act = [](Record& record) {
    if (number_of(record) == 1234) throw Error("full", "on purpose");
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "failed: a_out: full: on purpose");
  CHECK(texts_of(pipeline, "a_out") == numbers(1234));
  const Texts& b = texts_of(pipeline, "b_out");
  CHECK(b.size() >= 1234);
  CHECK(b == numbers(b.size()));
  CHECK(count_of(report, Outcome::delivered) == 1234);
  CHECK(sums_up(report));
}

TEST_CASE("an interrupted diamond finishes what is in flight") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(diamond(kEndless, "limits: { records: 500, drain: 60s }\n"), threads);
  RandomAnswers answers(4, 300);
  stage_of<ScriptedAsync>(pipeline, "b").act = answers.by(tagged("b"));
  const Report report =
      interrupted_run(pipeline, [](const Progress& now) { return now.delivered >= 500; });
  CHECK(report.status == RunStatus::interrupted);
  CHECK(texts_of(pipeline, "out") == twice(report.read));
  CHECK(count_of(report, Outcome::delivered) == report.read);
  CHECK(sums_up(report));
}

TEST_CASE("an interrupted tee finishes what is in flight in both branches") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(two_ways(kEndless, "limits: { records: 500, drain: 60s }\n"), threads);
  RandomAnswers answers(4, 300);
  stage_of<ScriptedAsync>(pipeline, "b").act = answers.by();
  const Report report =
      interrupted_run(pipeline, [](const Progress& now) { return now.delivered >= 500; });
  CHECK(report.status == RunStatus::interrupted);
  CHECK(texts_of(pipeline, "a_out") == numbers(report.read));
  CHECK(texts_of(pipeline, "b_out") == numbers(report.read));
  CHECK(count_of(report, Outcome::delivered) == report.read);
  CHECK(sums_up(report));
}

TEST_CASE("a second interrupt abandons what a branch still holds, and the counts are exact") {
  const int threads = GENERATE(1, 2, 8);
  const bool by_drain = GENERATE(false, true);
  Pipeline pipeline(diamond(kEndless, std::string("limits: { records: 500, drain: ") +
                                          (by_drain ? "20ms" : "1h") + " }\n"),
                    threads);
  // From 100 on the branch never answers, and the merge waits for it.
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "b").act = [&](Completion completion) {
    if (number_of(completion.record()) < 100) return completion.done(tagged("b"));
    answer_late(std::move(completion), answerer);
  };
  const Report report = interrupted_run(
      pipeline, [](const Progress& now) { return now.read >= 150; }, by_drain ? 1 : 2);
  CHECK(report.status == RunStatus::interrupted);
  const Texts& out = texts_of(pipeline, "out");
  // The place of the first that is not whole may have come by the other branch.
  CHECK(is_prefix(with_tag(out, "b")));
  CHECK(whole_origins(out) <= 100);
  CHECK(count_of(report, Outcome::delivered) == with_tag(out, "b").size());
  CHECK(settled_by_sinks(report) == report.read);
  CHECK_FALSE(stage_of<ScriptedSink>(pipeline, "out").committed.load());
  CHECK(sums_up(report));
}

TEST_CASE("an interrupt at any moment leaves every origin of a graph with one outcome") {
  const std::uint64_t rounds = schedules(40);
  Chance chance(17);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const bool meets = round % 2 == 0;
    const std::string limits = "limits: { records: 200, drain: 3ms }\n";
    Pipeline pipeline(meets ? diamond(kEndless, limits) : two_ways(kEndless, limits),
                      1 + static_cast<int>(round % 3));
    RandomAnswers answers(round, 500);
    stage_of<ScriptedAsync>(pipeline, "b").act = answers.by(tagged("b"));
    const std::uint64_t read = chance.below(600);
    const Report report = interrupted_run(
        pipeline, [read](const Progress& now) { return now.read >= read; },
        1 + static_cast<int>(round / 2 % 2));
    CHECK(report.status == RunStatus::interrupted);
    CHECK(report.read >= read);
    CHECK(settled_by_sinks(report) == report.read);
    CHECK(sums_up(report));
    if (meets) {
      const Texts& out = texts_of(pipeline, "out");
      CHECK(is_prefix(with_tag(out, "b")));
      CHECK(count_of(report, Outcome::delivered) == with_tag(out, "b").size());
    } else {
      CHECK(is_prefix(texts_of(pipeline, "a_out")));
      CHECK(is_prefix(texts_of(pipeline, "b_out")));
      CHECK(count_of(report, Outcome::delivered) ==
            std::min(texts_of(pipeline, "a_out").size(), texts_of(pipeline, "b_out").size()));
    }
  }
}

}  // namespace weir::flow::test
