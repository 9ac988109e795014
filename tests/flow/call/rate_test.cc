// `rate` in a run: so many calls a time, retries and hedges included, and never more.

#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start, Clock::time_point then) {
  return std::chrono::duration<double>(then - start).count();
}

/// When calls began, from any thread.
class Calls {
 public:
  void note() {
    const std::lock_guard lock(mutex_);
    at_.push_back(Clock::now());
  }
  const std::vector<Clock::time_point>& at() const { return at_; }

 private:
  std::mutex mutex_;
  std::vector<Clock::time_point> at_;
};

}  // namespace

TEST_CASE("the n-th call comes after n intervals at the earliest") {
  const std::string type = GENERATE(std::string("late.async"), std::string("late.block"));
  Pipeline pipeline(
      around(30, "  - uses: " + type + "\n    name: call\n    workers: 10\n    rate: 200/s\n"), 2);
  Calls calls;
  stage_of<ScriptedAsync>(pipeline, "call", type == "late.async").act = [&](Completion c) {
    calls.note();
    c.done();
  };
  stage_of<Scripted>(pipeline, "call", type == "late.block").act = [&](Record&, Call&) {
    calls.note();
  };
  const auto start = Clock::now();
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(calls.at().size() == 30);
  for (std::size_t i = 0; i < 30; ++i) {
    CHECK(seconds_since(start, calls.at()[i]) >= static_cast<double>(i + 1) / 200);
  }
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(30));
}

TEST_CASE("every attempt takes a token") {
  Pipeline pipeline(around(10,
                           "  - uses: late.async\n    name: call\n    workers: 10\n"
                           "    rate: 200/s\n    on_error: skip\n"
                           "    retry: { attempts: 3, backoff: 1us }\n"),
                    2);
  Calls calls;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    calls.note();
    completion.fail("busy", "always");
  };
  const auto start = Clock::now();
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(calls.at().size() == 30);
  CHECK(seconds_since(start, calls.at().back()) >= 30 / 200.0);
}

TEST_CASE("what was not used is caught up as far as the burst allows") {
  // 5 tokens are kept at most: whatever the source does, n calls take (n - 5 - 1) intervals.
  Pipeline pipeline(around(40,
                           "  - uses: late.async\n    name: call\n    workers: 40\n"
                           "    rate: { limit: 200/s, burst: 5 }\n"),
                    2);
  Calls calls;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    calls.note();
    completion.done();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(calls.at().size() == 40);
  CHECK(seconds_since(calls.at().front(), calls.at().back()) >= (40 - 5 - 1) / 200.0);
}

TEST_CASE("stages that share a rate get along, and the first records come first") {
  const int threads = GENERATE(1, 8);
  Pipeline pipeline(around(20,
                           "  - uses: late.async\n    name: a\n    rate: both\n"
                           "  - uses: late.block\n    name: b\n    rate: both\n",
                           "", "shared:\n  rates: { both: 400/s }\n"),
                    threads);
  Calls calls;
  std::atomic<std::uint64_t> wrong{0};
  std::uint64_t next = 0;
  stage_of<ScriptedAsync>(pipeline, "a").act = [&](Completion completion) {
    if (number_of(completion.record()) != next++) ++wrong;
    calls.note();
    completion.done();
  };
  stage_of<Scripted>(pipeline, "b").act = [&](Record&, Call&) { calls.note(); };
  const auto start = Clock::now();
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(calls.at().size() == 40);
  CHECK(seconds_since(start, calls.at().back()) >= 40 / 400.0);
  CHECK(wrong.load() == 0);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(20));
}

}  // namespace weir::flow::test
