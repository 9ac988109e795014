// What the rounds of a loop have in common: workers, rate, and whose turn it is.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/looping.h"
#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {

TEST_CASE("a looped stage has its workers for all rounds together") {
  const int threads = GENERATE(1, 2, 8);
  const std::string type = GENERATE(std::string("shape.fork_async"), std::string("late.block"));
  const bool async = type == "shape.fork_async";
  Pipeline pipeline(
      numbered_source(300) +
          (async ? stage("head", "[read, tail.back]", "late.plain", "loop: { max: 3 }") +
                       stage("tail", "head", type, "workers: 3")
                 : stage("head", "[read, tail.back]", type, "workers: 3\n    loop: { max: 3 }") +
                       stage("tail", "head", "shape.fork")) +
          stage("out", "tail", "late.sink"),
      threads);
  Peak peak;
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "tail", async).act = [&](Completion completion) {
    peak.enter();
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(std::chrono::microseconds(200), [held, &peak] {
      peak.leave();
      held->done(again(up_to_three));
    });
  };
  stage_of<Scripted>(pipeline, "head", !async).act = [&](Record&, Call&) {
    peak.enter();
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    peak.leave();
  };
  stage_of<Scripted>(pipeline, "tail", !async).act = again(up_to_three);
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out") == looped_texts(300, up_to_three, 3));
  CHECK(peak.peak.load() <= 3);
  const CallReport calls = *report_of(report, async ? "tail" : "head").calls;
  CHECK(calls.peak_workers <= 3);
  CHECK(calls.workers == 3);
}

TEST_CASE("a looped stage has its rate for all rounds together") {
  Pipeline pipeline(numbered_source(20) +
                        stage("head", "[read, tail.back]", "late.plain", "loop: { max: 2 }") +
                        stage("tail", "head", "shape.fork_async", "workers: 20\n    rate: 400/s") +
                        stage("out", "tail", "late.sink"),
                    2);
  stage_of<ScriptedAsync>(pipeline, "tail").act = [](Completion completion) {
    completion.done(again([](std::uint64_t) { return 2; }));
  };
  const auto start = std::chrono::steady_clock::now();
  const Report report = run_guarded(pipeline);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  CHECK(status_of(report) == "ok");
  CHECK(report_of(report, "tail").calls->attempts == 60);
  CHECK(taken.count() >= 60 / 400.0);
}

TEST_CASE("a looped stage takes the oldest first, in whatever round it is") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 200;
  Pipeline pipeline(numbered_source(kCount) +
                        stage("head", "[read, tail.back]", "late.plain", "loop: { max: 2 }") +
                        stage("tail", "head", "shape.fork_async", "workers: 2") +
                        stage("out", "tail", "late.sink"),
                    threads);
  // How many calls begin from a record's first one to its last one.
  std::atomic<std::uint64_t> calls{0};
  std::vector<std::uint64_t> first(kCount);
  std::vector<std::uint64_t> spans(kCount);
  RandomAnswers answers(3, 400);
  const auto answer = answers.by(again([](std::uint64_t) { return 2; }));
  stage_of<ScriptedAsync>(pipeline, "tail").act = [&](Completion completion) {
    const std::uint64_t call = calls.fetch_add(1);
    const std::uint64_t n = number_of(completion.record());
    if (round_of(completion.record().text()) == 0) first[n] = call;
    spans[n] = call - first[n];
    answer(std::move(completion));
  };
  const Report report = run_guarded(pipeline);
  CHECK(status_of(report) == "ok");
  CHECK(texts_of(pipeline, "out").size() == kCount);
  CHECK(calls.load() == 3 * kCount);
  // With the first rounds before all others it would be twice as many as there are records; on an
  // idle machine it is a twentieth of that.
  std::ranges::nth_element(spans, spans.begin() + kCount / 2);
  if (!kSlowEngine) CHECK(spans[kCount / 2] < kCount);
}

}  // namespace weir::flow::test
