// Retries: in place, as often and as late as their policy says, and not where they are no use.

#include <array>
#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// When each attempt at each record began.
class Attempts {
 public:
  explicit Attempts(std::size_t records) : began_(records) {}
  void note(std::uint64_t record) {
    const std::lock_guard lock(mutex_);
    began_[record].push_back(Clock::now());
  }
  std::size_t count(std::uint64_t record) const { return began_[record].size(); }
  Clock::duration between(std::uint64_t record, std::size_t attempt) const {
    return began_[record][attempt] - began_[record][attempt - 1];
  }

 private:
  std::mutex mutex_;
  std::vector<std::vector<Clock::time_point>> began_;
};

}  // namespace

TEST_CASE("a retried record keeps its place") {
  const int threads = GENERATE(1, 2, 8);
  const std::string type = GENERATE(std::string("late.async"), std::string("late.block"));
  constexpr std::uint64_t kCount = 600;
  Pipeline pipeline(around(kCount, "  - uses: " + type + "\n    name: flaky\n    workers: 50\n" +
                                       "    retry: { attempts: 4, backoff: 1ms }\n"),
                    threads);
  Attempts attempts(kCount);
  // Record n fails n % 4 times.
  const auto work = [&](Record& record, Call& call) {
    const std::uint64_t number = number_of(record);
    attempts.note(number);
    if (static_cast<std::uint64_t>(call.attempt()) <= number % 4) {
      record.set_text("changed, then failed");
      call.emit().set_text("discarded");
      return record.fail("busy", "not yet");
    }
    record.set_text(std::string(record.text()) + " at " + std::to_string(call.attempt()));
  };
  stage_of<Scripted>(pipeline, "flaky", type == "late.block").act = work;
  stage_of<ScriptedAsync>(pipeline, "flaky", type == "late.async").act = [&](Completion c) {
    c.done(work);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  std::vector<std::string> expected;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    expected.push_back(std::to_string(i) + " at " + std::to_string(i % 4 + 1));
    CHECK(attempts.count(i) == i % 4 + 1);
  }
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == expected);
  const CallReport& calls = *report_of(report, "flaky").calls;
  CHECK(calls.attempts == kCount + 6 * kCount / 4);
  CHECK(calls.retries == 6 * kCount / 4);
  CHECK(report_of(report, "flaky").in == kCount);
  CHECK(report_of(report, "flaky").out == kCount);
  CHECK(report_of(report, "flaky").errors.empty());
}

TEST_CASE("attempts end at their number, and the error says how many there were") {
  Pipeline pipeline(around(30,
                           "  - uses: late.async\n    name: busy\n    workers: 30\n"
                           "    on_error: keep\n    retry: { attempts: 3, backoff: 100us }\n"),
                    2);
  Attempts attempts(30);
  stage_of<ScriptedAsync>(pipeline, "busy").act = [&](Completion completion) {
    attempts.note(number_of(completion.record()));
    completion.fail("busy", "attempt " + std::to_string(completion.call().attempt()));
  };
  std::uint64_t right = 0;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    const RecordError error = record.error();
    right += error.kind == "busy" && error.message == "attempt 3" && error.attempts == 3;
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(right == 30);
  for (std::uint64_t i = 0; i < 30; ++i) CHECK(attempts.count(i) == 3);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(30));
  REQUIRE_FALSE(report.samples.empty());
  CHECK(report.samples.front().attempts == 3);
}

TEST_CASE("a permanent error is not tried again") {
  const std::string how = GENERATE(std::string("fail"), std::string("thrown"));
  Pipeline pipeline(around(30,
                           "  - uses: late.block\n    name: bad\n    on_error: skip\n"
                           "    retry: { attempts: 5, backoff: 100us }\n"),
                    2);
  Attempts attempts(30);
  stage_of<Scripted>(pipeline, "bad").act = [&](Record& record, Call&) {
    attempts.note(number_of(record));
    if (number_of(record) % 2 == 0) return;
    if (how == "thrown") throw Error("bad", "for ever", false);
    record.fail("bad", "for ever", false);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  for (std::uint64_t i = 0; i < 30; ++i) CHECK(attempts.count(i) == 1);
  CHECK(count_of(report, Outcome::skipped) == 15);
  CHECK(report_of(report, "bad").calls->retries == 0);
}

TEST_CASE("without jitter the backoff doubles up to its bound") {
  constexpr std::array kWaits{4, 8, 10, 10};
  Pipeline pipeline(
      around(20,
             "  - uses: late.async\n    name: busy\n    workers: 20\n    on_error: skip\n"
             "    retry: { attempts: 5, backoff: 4ms, max_backoff: 10ms, jitter: none }\n"),
      2);
  Attempts attempts(20);
  stage_of<ScriptedAsync>(pipeline, "busy").act = [&](Completion completion) {
    attempts.note(number_of(completion.record()));
    completion.fail("busy", "always");
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  for (std::uint64_t i = 0; i < 20; ++i) {
    REQUIRE(attempts.count(i) == 5);
    for (std::size_t n = 1; n < 5; ++n) {
      CHECK(attempts.between(i, n) >= milliseconds(kWaits[n - 1]));
    }
  }
}

TEST_CASE("a service that says when to come again is not asked earlier") {
  Pipeline pipeline(around(20,
                           "  - uses: late.async\n    name: busy\n    workers: 20\n"
                           "    on_error: skip\n    retry: { attempts: 3, backoff: 1us }\n"),
                    2);
  Attempts attempts(20);
  stage_of<ScriptedAsync>(pipeline, "busy").act = [&](Completion completion) {
    attempts.note(number_of(completion.record()));
    completion.fail("busy", "come again", true, milliseconds(15));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  for (std::uint64_t i = 0; i < 20; ++i) {
    REQUIRE(attempts.count(i) == 3);
    for (std::size_t n = 1; n < 3; ++n) CHECK(attempts.between(i, n) >= milliseconds(15));
  }
}

TEST_CASE("a backoff holds no permit") {
  // With one worker, all others are called while the first record waits for its second attempt.
  Pipeline pipeline(around(40,
                           "  - uses: late.async\n    name: busy\n    workers: 1\n"
                           "    retry: { attempts: 2, backoff: 30ms, jitter: none }\n"),
                    2);
  std::vector<std::uint64_t> called;
  stage_of<ScriptedAsync>(pipeline, "busy").act = [&](Completion completion) {
    called.push_back(number_of(completion.record()));
    if (called.back() == 0 && completion.call().attempt() == 1) {
      return completion.fail("busy", "once");
    }
    completion.done();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(called.size() == 41);
  CHECK(called[0] == 0);
  CHECK(called[1] == 1);
  CHECK(report_of(report, "busy").calls->peak_workers == 1);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(40));
}

TEST_CASE("a completion that nobody answers is a failed attempt") {
  const int threads = GENERATE(1, 8);
  Pipeline pipeline(around(200,
                           "  - uses: late.async\n    name: forgets\n    workers: 10\n"
                           "    retry: { attempts: 3, backoff: 100us }\n"),
                    threads);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "forgets").act = [&](Completion completion) {
    const int attempt = completion.call().attempt();
    if (attempt == 1) return;  // Lets go of it here.
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after({}, [held, attempt] {
      if (attempt == 2) {
        const Completion dropped = std::move(*held);
      } else {
        held->done();
      }
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "forgets").calls->attempts == 600);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(200));
}

TEST_CASE("what start throws is an error of its attempt, also when it has handed the record on") {
  Pipeline pipeline(around(90,
                           "  - uses: late.async\n    name: throws\n    workers: 10\n"
                           "    on_error: keep\n"),
                    2);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "throws").act = [&](Completion completion) {
    const std::uint64_t number = number_of(completion.record());
    if (number % 3 == 0) return completion.done();
    if (number % 3 == 1) throw Error("thrown", "with the completion still here");
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after({}, [held] { held->done(); });
    throw Error("thrown", "though somebody has it and answers");
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(errors_of(report, "throws", "thrown") == 30);
  CHECK(report.kept == 30);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(90));
}

TEST_CASE(
    "who asks to wait longer than max_backoff gets no further attempt, and the error says so") {
  const int most = GENERATE(5, 10);
  // `max_retry_after` says it, too, whatever the backoff.
  const std::string bound =
      GENERATE(std::string("max_backoff: "), std::string("max_backoff: 1ms, max_retry_after: "));
  Pipeline pipeline(around(10,
                           "  - uses: late.async\n    name: busy\n    on_error: keep\n"
                           "    retry: { attempts: 3, backoff: 1ms, " +
                               bound + std::to_string(most) + "ms }\n"),
                    2);
  Attempts attempts(10);
  stage_of<ScriptedAsync>(pipeline, "busy").act = [&](Completion completion) {
    const std::uint64_t number = number_of(completion.record());
    attempts.note(number);
    completion.fail("busy", "later", true, milliseconds(number % 2 == 0 ? most : most + 1));
  };
  std::vector<std::string> errors;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    errors.emplace_back(record.error().message);
  };
  REQUIRE(run_guarded(pipeline).status == RunStatus::ok);
  const std::string asked = "later, asked to wait " + std::to_string(most + 1) + "ms";
  for (std::uint64_t i = 0; i < 10; ++i) {
    const bool waits = i % 2 == 0;
    CHECK(attempts.count(i) == (waits ? 3 : 1));
    if (waits) CHECK(attempts.between(i, 1) >= milliseconds(most));
    CHECK(errors[i] == (waits ? "later" : asked));
  }
}

}  // namespace weir::flow::test
