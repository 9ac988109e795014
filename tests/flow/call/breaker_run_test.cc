// A breaker in a run: while it is open, records fail at once and the stage is left alone.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

}  // namespace

TEST_CASE("an open breaker fails records without a call") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(around(500,
                           "  - uses: late.async\n    name: call\n    workers: 1\n"
                           "    on_error: keep\n"
                           "    breaker: { failures: 5, within: 1h, cooldown: 1h }\n"),
                    threads);
  std::atomic<int> calls{0};
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    ++calls;
    completion.fail("down", "no service");
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(calls.load() == 5);
  CHECK(report_of(report, "call").calls->attempts == 5);
  CHECK(errors_of(report, "call", "down") == 5);
  CHECK(errors_of(report, "call", "breaker") == 495);
  CHECK(report.kept == 500);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(500));
}

TEST_CASE("after its cooldown one call tries, and a good answer closes the breaker") {
  // The service is down for the first 7 calls: five open the breaker, two probes find it down.
  Pipeline pipeline(around(400,
                           "  - uses: late.async\n    name: call\n    workers: 50\n"
                           "    breaker: { failures: 5, within: 1h, cooldown: 10ms }\n"
                           "    retry: { attempts: 100000, backoff: 3ms, max_backoff: 3ms }\n"),
                    2);
  std::vector<Clock::time_point> called;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    called.push_back(Clock::now());
    if (called.size() <= 7) return completion.fail("down", "no service");
    completion.done();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(400));
  // More than five may have begun before the fifth failed; then each probe waits for its time.
  REQUIRE(called.size() == 407);
  CHECK(called.back() - called.front() >= milliseconds(10));
  CHECK(report_of(report, "call").calls->attempts == 407);
}

TEST_CASE("a breaker that closes again calls every record") {
  Pipeline pipeline(around(60,
                           "  - uses: late.async\n    name: call\n    workers: 1\n"
                           "    breaker: { failures: 3, within: 1h, cooldown: 5ms }\n"
                           "    on_error: skip\n    rate: 1000/s\n"),
                    2);
  int calls = 0;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    if (++calls <= 3) return completion.fail("down", "no service");
    completion.done();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::uint64_t refused = errors_of(report, "call", "breaker");
  CHECK(errors_of(report, "call", "down") == 3);
  CHECK(static_cast<std::uint64_t>(calls) + refused == 60);
  CHECK(count_of(report, Outcome::delivered) == 60 - 3 - refused);
  CHECK(ascending(stage_of<ScriptedSink>(pipeline, "out").texts()));
  CHECK(sums_up(report));
}

TEST_CASE("a record that the breaker refused is called before younger ones") {
  // The first call opens the breaker and records behind it are refused; the second one closes it,
  // the third is slow, and meanwhile the refused ones come again beside others that are new.
  Pipeline pipeline(
      "stages:\n  - uses: test.numbers\n    with: { count: 12, pause_us: 2000, "
      "blocking: true }\n"
      "  - uses: late.async\n    name: call\n    workers: 1\n"
      "    breaker: { failures: 1, within: 1h, cooldown: 5ms }\n"
      "    retry: { attempts: 1000, backoff: 10ms, max_backoff: 10ms, jitter: none }\n"
      "  - uses: late.sink\n    name: out\n",
      2);
  std::vector<std::uint64_t> called;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    called.push_back(number_of(completion.record()));
    if (called.size() == 1) return completion.fail("down", "no service");
    if (called.size() != 3) return completion.done();
    completion.done_after(milliseconds(100));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(called.size() == 13);
  CAPTURE(called);
  CHECK(std::is_sorted(called.begin() + 3, called.end()));
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(12));
}

TEST_CASE("a permanent error says nothing against the service") {
  Pipeline pipeline(around(100,
                           "  - uses: late.async\n    name: call\n    workers: 1\n"
                           "    on_error: skip\n"
                           "    breaker: { failures: 2, within: 1h, cooldown: 1h }\n"),
                    2);
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    completion.fail("bad_record", "its own fault", false);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "call").calls->attempts == 100);
  CHECK(errors_of(report, "call", "breaker") == 0);
}

}  // namespace weir::flow::test
