// `workers` that adapt: the limit follows what the service can bear, between its bounds.

#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

/// A service whose answers take longer the more calls it has: `base` up to `capacity` calls, and
/// beyond that in proportion.
class Service {
 public:
  Service(int capacity, microseconds base) : capacity_(capacity), base_(base) {}

  void call(Completion completion) {
    const int now = running_.fetch_add(1) + 1;
    most_ = std::max(most_, now);
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer_.after(base_ * std::max(1, now * now / capacity_ / capacity_), [this, held] {
      running_.fetch_sub(1);
      held->done();
    });
  }
  int most() const { return most_; }

 private:
  const int capacity_;
  const microseconds base_;
  std::atomic<int> running_{0};
  int most_ = 0;  ///< Of the event loop's thread.
  Answerer answerer_;
};

std::string adaptive(const std::string& workers, std::uint64_t count) {
  return around(count, "  - uses: late.async\n    name: call\n    workers: " + workers + "\n");
}

}  // namespace

TEST_CASE("a limit that adapts begins low and grows with a service that bears it") {
  const std::string policy = GENERATE(std::string("aimd, target: 10s"), std::string("gradient"));
  Pipeline pipeline(adaptive("{ min: 2, max: 40, policy: " + policy + " }", 6000), 2);
  Service service(1000, microseconds(100));
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    service.call(std::move(completion));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const CallReport& calls = *report_of(report, "call").calls;
  CHECK(calls.peak_workers > 2);
  CHECK(calls.peak_workers <= 40);
  CHECK(service.most() <= 40);
  CHECK(calls.workers >= 2);
  CHECK(calls.workers <= 40);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(6000));
}

TEST_CASE("aimd takes workers away where answers take too long") {
  // Nothing is ever fast enough: the limit stays at, or comes back to, its minimum.
  Pipeline pipeline(adaptive("{ min: 3, max: 40, policy: aimd, target: 1us }", 500), 2);
  Service service(1000, microseconds(50));
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    service.call(std::move(completion));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "call").calls->peak_workers == 3);
  CHECK(report_of(report, "call").calls->workers == 3);
}

TEST_CASE("aimd takes workers away where calls fail") {
  Pipeline pipeline(around(3000,
                           "  - uses: late.async\n    name: call\n    on_error: skip\n"
                           "    workers: { min: 2, max: 60, policy: aimd, target: 10s }\n"),
                    2);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    // The last third of the records finds the service down.
    const bool down = number_of(completion.record()) >= 2000;
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(100), [held, down] {
      if (down) return held->fail("down", "too much");
      held->done();
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const CallReport& calls = *report_of(report, "call").calls;
  CHECK(calls.peak_workers > 10);
  CHECK(calls.workers < calls.peak_workers);
  CHECK(count_of(report, Outcome::skipped) == 1000);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(2000));
}

TEST_CASE("a service that slows down under load keeps the limit below its bound") {
  // With 300 at once an answer would take 200 ms or more.
  const std::string policy = GENERATE(std::string("aimd, target: 20ms"), std::string("gradient"));
  Pipeline pipeline(adaptive("{ min: 1, max: 300, policy: " + policy + " }", 4000), 2);
  Service service(20, microseconds(1000));
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    service.call(std::move(completion));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "call").calls->peak_workers < 300);
  CHECK(report_of(report, "call").calls->workers < 300);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(4000));
}

}  // namespace weir::flow::test
