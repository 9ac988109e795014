// Loops: what is not done goes through the body again, so often at most, and keeps its place.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/looping.h"
#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

using Texts = std::vector<std::string>;

/// read -> head -> tail, which sends back to head, -> out.
std::string looped(std::uint64_t count, int max, const std::string& head, const std::string& tail,
                   const std::string& limits = {}) {
  return numbered_source(count, limits) +
         stage("head", "[read, tail.back]", head, "loop: { max: " + std::to_string(max) + " }") +
         stage("tail", "head", tail) + stage("out", "tail", "late.sink");
}

/// One more than `max: 3` allows for one in five.
std::uint64_t up_to_four(std::uint64_t number) { return mix(1, std::to_string(number)) % 5; }

std::size_t rows(const Report& report, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      report.stages, [&](const StageReport& stage) { return stage.name == name; }));
}

/// A loop of three at most, of whose records some want a fourth.
struct Exhausted {
  explicit Exhausted(const std::string& keys, int threads = 2)
      : pipeline(numbered_source(1000) +
                     stage("head", "[read, tail.back]", "late.plain", "loop: { max: 3 }") +
                     stage("tail", "head", "shape.fork", keys) + stage("out", "tail", "late.sink") +
                     "  - name: box\n    uses: late.sink\n",
                 threads) {
    stage_of<Scripted>(pipeline, "tail").act = again(up_to_four);
  }
  Pipeline pipeline;
};

std::uint64_t too_many() {
  std::uint64_t count = 0;
  for (std::uint64_t n = 0; n < 1000; ++n) count += up_to_four(n) == 4;
  return count;
}

}  // namespace

TEST_CASE("a record goes round as often as it has to, and keeps its place") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const bool async = GENERATE(false, true);
  const std::string stages = looped(2000, 3, async ? "late.async" : "late.plain",
                                    async ? "shape.fork_async" : "shape.fork");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  RandomAnswers head(1, 100);
  RandomAnswers tail(2, 100);
  stage_of<ScriptedAsync>(pipeline, "head", async).act = head.by();
  stage_of<ScriptedAsync>(pipeline, "tail", async).act = tail.by(again(up_to_three));
  stage_of<Scripted>(pipeline, "tail", !async).act = again(up_to_three);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == looped_texts(2000, up_to_three, 3));
  CHECK(count_of(report, Outcome::delivered) == 2000);
  CHECK(sums_up(report));
}

TEST_CASE("the report of a loop has one row a stage, for all rounds") {
  const bool async = GENERATE(false, true);
  Pipeline pipeline(looped(500, 3, "late.plain", async ? "shape.fork_async" : "shape.fork"), 2);
  stage_of<ScriptedAsync>(pipeline, "tail", async).act = [](Completion completion) {
    completion.done(again(up_to_three));
  };
  stage_of<Scripted>(pipeline, "tail", !async).act = again(up_to_three);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(rows(report, "head") == 1);
  CHECK(rows(report, "tail") == 1);
  CHECK(report.stages.size() == 4);
  std::uint64_t calls = 500;
  for (std::uint64_t n = 0; n < 500; ++n) calls += up_to_three(n);
  CHECK(report_of(report, "head").in == calls);
  CHECK(report_of(report, "head").out == calls);
  CHECK(report_of(report, "tail").in == calls);
  CHECK(report_of(report, "tail").out == calls);
  CHECK(report_of(report, "out").in == 500);
  if (async) CHECK(report_of(report, "tail").calls->attempts == calls);
}

TEST_CASE("one round too many is an error of kind loop, which fails the run") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(looped(1000, 3, "late.plain", "shape.fork"), threads);
  stage_of<Scripted>(pipeline, "tail").act = again(up_to_four);
  const Report report = run_guarded(pipeline);
  CHECK(report.status == RunStatus::failed);
  CHECK(report.failure.stage == "tail");
  CHECK(report.failure.kind == "loop");
  std::uint64_t first = 0;
  while (up_to_four(first) < 4) ++first;
  CHECK(report.failure.origin.position == first);
  CHECK(texts_of(pipeline, "out") == looped_texts(first, up_to_four, 3));
  CHECK(sums_up(report));
}

TEST_CASE("one round too many may be skipped") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(
      numbered_source(1000) + stage("head", "[read, tail.back]", "late.plain", "loop: { max: 3 }") +
          stage("tail", "head", "shape.fork", "on_error: skip") + stage("out", "tail", "late.sink"),
      threads);
  stage_of<Scripted>(pipeline, "tail").act = again(up_to_four);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == looped_texts(1000, up_to_four, 3));
  CHECK(errors_of(report, "tail", "loop") == too_many());
  CHECK(count_of(report, Outcome::skipped) == too_many());
  CHECK(count_of(report, Outcome::delivered) == 1000 - too_many());
  CHECK(sums_up(report));
}

TEST_CASE("one round too many may go on as it was, in its place") {
  const int threads = GENERATE(1, 2, 8);
  const std::string type = GENERATE(std::string("shape.fork"), std::string("shape.fork_async"));
  Pipeline pipeline(
      numbered_source(1000) + stage("head", "[read, tail.back]", "late.plain", "loop: { max: 3 }") +
          stage("tail", "head", type, "on_error: keep") + stage("out", "tail", "late.sink"),
      threads);
  stage_of<Scripted>(pipeline, "tail", type == "shape.fork").act = again(up_to_four);
  stage_of<ScriptedAsync>(pipeline, "tail", type != "shape.fork").act = [](Completion completion) {
    completion.done(again(up_to_four));
  };
  std::uint64_t marked = 0;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    marked += record.error().kind == "loop" && record.error().stage == "tail";
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  // As they entered the last pass: with three marks.
  Texts all;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    all.push_back(std::to_string(n) + std::string(std::min<std::uint64_t>(up_to_four(n), 3), '~'));
  }
  CHECK(texts_of(pipeline, "out") == all);
  CHECK(marked == too_many());
  CHECK(report.kept == too_many());
  CHECK(count_of(report, Outcome::delivered) == 1000);
  CHECK(sums_up(report));
}

TEST_CASE("one round too many may be a dead letter, in order") {
  const int threads = GENERATE(1, 2, 8);
  Exhausted loop("on_error: { to: box }", threads);
  const Report report = run_guarded(loop.pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(loop.pipeline, "out") == looped_texts(1000, up_to_four, 3));
  Texts letters;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    if (up_to_four(n) == 4) letters.push_back(std::to_string(n) + "~~~");
  }
  CHECK(texts_of(loop.pipeline, "box") == letters);
  CHECK(count_of(report, Outcome::dead_lettered) == too_many());
  CHECK(sums_up(report));
}

TEST_CASE("letters of all rounds come in the order of origins") {
  const int threads = GENERATE(1, 2, 8);
  Exhausted loop("on_error: { to: box }", threads);
  // Every third record fails, in whatever round it ends.
  stage_of<Scripted>(loop.pipeline, "tail").act = [](Record& record, Call& call) {
    const std::uint64_t n = number_of(record);
    if (round_of(record.text()) == up_to_three(n) && n % 3 == 0) {
      return record.fail("chosen", "on purpose", false);
    }
    again(up_to_three)(record, call);
  };
  const Report report = run_guarded(loop.pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(ascending(texts_of(loop.pipeline, "box")));
  CHECK(texts_of(loop.pipeline, "box").size() == 334);
  CHECK(texts_of(loop.pipeline, "out").size() == 666);
  CHECK(ascending(texts_of(loop.pipeline, "out")));
  CHECK(sums_up(report));
}

TEST_CASE("children of every round come in the order of their parents") {
  const int threads = GENERATE(1, 2, 8);
  const bool tiny = GENERATE(false, true);
  const std::string stages = looped(300, 2, "late.plain", "shape.fork");
  Pipeline pipeline(tiny ? with_least_records(stages) : stages, threads);
  // "7" gives "7." and sends back "7~", and so on.
  stage_of<Scripted>(pipeline, "tail").act = [](Record& record, Call& call) {
    const std::string text(record.text());
    if (round_of(text) == 2) return;
    call.emit().set_text(text + ".");
    call.emit(1).set_text(text + "~");
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  Texts all;
  for (const std::string& n : numbers(300)) {
    all.insert(all.end(), {n + ".", n + "~.", n + "~~"});
  }
  CHECK(texts_of(pipeline, "out") == all);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
