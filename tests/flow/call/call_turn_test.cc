// Calls that wait for their turn, as for a connection: their time begins with it.

#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using std::chrono::milliseconds;

/// Calls that stand in line until `count` of them do, and `time` longer. Then each has its turn, in
/// which it is answered at once.
class Line {
 public:
  Line(Answerer& answerer, std::size_t count, milliseconds time)
      : answerer_(answerer), count_(count), time_(time) {}

  void join(Completion completion) {
    if (line_.size() == count_) return completion.done();
    completion.waits();
    completion.waits();  // Once more does nothing.
    line_.push_back(std::make_shared<Completion>(std::move(completion)));
    if (line_.size() < count_) return;
    answerer_.after(time_, [this] {
      for (const auto& call : line_) {
        call->begins();
        call->begins();
        call->done();
      }
    });
  }

 private:
  Answerer& answerer_;
  const std::size_t count_;
  const milliseconds time_;
  std::vector<std::shared_ptr<Completion>> line_;
};

std::string called(std::uint64_t count, const std::string& policies) {
  return around(count, "  - uses: late.async\n    name: call\n    workers: 100\n" + policies);
}

}  // namespace

TEST_CASE("a call's timeout begins with its turn") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(called(40, "    timeout: 100ms\n    on_error: skip\n"), threads);
  Answerer answerer;
  Line line(answerer, 40, milliseconds(200));
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion c) { line.join(std::move(c)); };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(40));
  const CallReport& calls = *report_of(report, "call").calls;
  CHECK(calls.attempts == 40);
  // How long it took is without the wait, too.
  CHECK(calls.p99 < 0.2);
  CHECK(sums_up(report));
}

TEST_CASE("a call that has its turn is timed out as ever") {
  Pipeline pipeline(called(6, "    timeout: 40ms\n    on_error: skip\n"), 2);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    completion.waits();
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(milliseconds(60), [&, held] {
      held->begins();
      if (number_of(held->record()) % 2 == 0) return held->done();
      answer_late(std::move(*held), answerer);
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == std::vector<std::string>{"0", "2", "4"});
  CHECK(errors_of(report, "call", "timeout") == 3);
  CHECK(sums_up(report));
}

TEST_CASE("a deadline does not stand still in a line") {
  Pipeline pipeline(called(6, "    timeout: 10s\n    deadline: 80ms\n    on_deadline: skip\n"), 2);
  Answerer answerer;
  std::atomic<int> cancelled{0};
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    if (number_of(completion.record()) == 3) return completion.done();
    completion.waits();  // For ever.
    auto held = std::make_shared<Completion>(std::move(completion));
    held->on_cancel([&, held]() mutable {
      ++cancelled;
      held->begins();  // Too late: it changes nothing.
      held.reset();
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(cancelled.load() == 5);
  CHECK(errors_of(report, "call", "deadline") == 5);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == std::vector<std::string>{"3"});
  CHECK(sums_up(report));
}

TEST_CASE("who stands in a line is not hedged") {
  Pipeline pipeline(called(10,
                           "    idempotent: true\n"
                           "    hedge: { after: 60ms, extra: 1, budget: 100% }\n"),
                    2);
  Answerer answerer;
  Line line(answerer, 10, milliseconds(120));
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion c) { line.join(std::move(c)); };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  // A machine that stands still between a call's turn and its answer may add one.
  CHECK(report_of(report, "call").calls->hedges <= 1);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(10));
}

TEST_CASE("an interrupted run does not wait for a line") {
  Pipeline pipeline(called(50, "    timeout: 20ms\n"), 2);
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    completion.waits();
    auto held = std::make_shared<Completion>(std::move(completion));
    held->on_cancel([held]() mutable { held.reset(); });
  };
  const Report report = interrupted_run(
      pipeline, [](const Progress& progress) { return progress.read == 50; }, 2);
  CHECK(report.status == RunStatus::interrupted);
  CHECK(count_of(report, Outcome::abandoned) == 50);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
