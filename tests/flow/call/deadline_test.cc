// Deadlines and timeouts: what is late is an error in its place, and each record ends once.

#include <array>
#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

}  // namespace

TEST_CASE("a record that passes its deadline is an error in its place") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(around(500,
                           "  - uses: late.async\n    name: wait\n    workers: 500\n"
                           "    deadline: 100ms\n    on_deadline: keep\n"),
                    threads);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "wait").act = [&](Completion completion) {
    if (number_of(completion.record()) % 7 != 3) return completion.done();
    answer_late(std::move(completion), answerer);
  };
  std::uint64_t late = 0;
  std::uint64_t unmarked = 0;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    if (record.error().kind == "deadline" && record.error().stage == "wait") {
      ++late;
    } else if (number_of(record) % 7 == 3) {
      ++unmarked;
    }
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(unmarked == 0);
  CHECK(late >= 71);
  CHECK(errors_of(report, "wait", "deadline") == late);
  CHECK(report.kept == late);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(500));
  CHECK(sums_up(report));
}

TEST_CASE("a deadline covers the attempts and the times between them") {
  // Attempts begin 10 ms apart at least, so no more than six begin within 55 ms.
  Pipeline pipeline(
      around(50,
             "  - uses: late.async\n    name: busy\n    workers: 50\n    deadline: 55ms\n"
             "    retry: { attempts: 1000, backoff: 10ms, max_backoff: 10ms, jitter: none }\n"
             "    on_error: keep\n    on_deadline: keep\n"),
      2);
  std::array<std::atomic<int>, 50> attempts{};
  stage_of<ScriptedAsync>(pipeline, "busy").act = [&](Completion completion) {
    ++attempts[number_of(completion.record())];
    completion.fail("busy", "always");
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  for (const auto& count : attempts) {
    CHECK(count.load() <= 6);
  }
  CHECK(report.kept == 50);
  CHECK(report_of(report, "busy").calls->retries + 50 >= report_of(report, "busy").calls->attempts);
}

TEST_CASE("a retry that could not begin before the deadline is not waited for, and is late") {
  // The first attempt says to come again in an hour.
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(around(50,
                           "  - uses: late.async\n    name: call\n    deadline: 20s\n"
                           "    retry: { attempts: 3, backoff: 1ms, max_backoff: 2h }\n"
                           "    on_deadline: keep\n"),
                    threads);
  stage_of<ScriptedAsync>(pipeline, "call").act = [](Completion completion) {
    completion.record().fail("busy", "come again later", true, std::chrono::hours(1));
    completion.done();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report.kept == 50);
  CHECK(errors_of(report, "call", "busy") == 50);
  CHECK(report_of(report, "call").calls->attempts == 50);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(50));
}

TEST_CASE("a timeout ends one attempt, and the next one may be good") {
  Pipeline pipeline(around(20,
                           "  - uses: late.async\n    name: wait\n    workers: 20\n"
                           "    timeout: 60ms\n"
                           "    retry: { attempts: 3, backoff: 1ms }\n"),
                    2);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "wait").act = [&](Completion completion) {
    if (completion.call().attempt() == 3) {
      const std::string text = std::string(completion.record().text()) + " good";
      return completion.done([&](Record& record, Call&) { record.set_text(text); });
    }
    answer_late(std::move(completion), answerer);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const CallReport& calls = *report_of(report, "wait").calls;
  CHECK(calls.attempts == 60);
  CHECK(calls.retries == 40);
  std::vector<std::string> expected;
  for (const std::string& text : numbers(20)) expected.push_back(text + " good");
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == expected);
}

TEST_CASE("a timeout without a retry is an error by policy") {
  Pipeline pipeline(around(10,
                           "  - uses: late.block\n    name: wait\n    workers: 10\n"
                           "    timeout: 30ms\n    on_error: skip\n"),
                    2);
  stage_of<Scripted>(pipeline, "wait").act = [](Record& record, Call& call) {
    while (number_of(record) % 2 == 1 && !call.stopping()) std::this_thread::yield();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(errors_of(report, "wait", "timeout") >= 5);
  CHECK(errors_of(report, "wait", "timeout") == count_of(report, Outcome::skipped));
  CHECK(ascending(stage_of<ScriptedSink>(pipeline, "out").texts()));
  CHECK(sums_up(report));
}

TEST_CASE("a keyed call that is late fails the run, whatever its policy: it has the state") {
  const std::string key = GENERATE(std::string("deadline"), std::string("timeout"));
  Pipeline pipeline(
      around(100,
             "  - uses: late.label\n    name: label\n  - uses: late.keyed\n    name: state\n"
             "    key: k\n    on_error: skip\n    " +
                 key + ": 20ms\n" + (key == "deadline" ? "    on_deadline: skip\n" : "")),
      2);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("k", Value(std::int64_t{1}));
  };
  stage_of<ScriptedKeyed>(pipeline, "state").act = [](Record& record, KeyState&, Call& call) {
    while (number_of(record) == 50 && !call.stopping()) std::this_thread::yield();
  };
  const Report report = run_guarded(pipeline);
  CHECK(report.status == RunStatus::failed);
  CHECK(report.failure.stage == "state");
  CHECK(report.failure.kind == key);
  CHECK(report.failure.origin.position <= 50);
  const auto& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  CHECK(texts == numbers(report.failure.origin.position));
  CHECK(sums_up(report));
}

TEST_CASE("calls that hang are errors by policy as long as they are few, and are replaced") {
  // More than there are workers; they are let go when all records have been delivered.
  constexpr int kHanging = 12;
  Pipeline pipeline(around(300,
                           "  - uses: late.block\n    name: wait\n    workers: 4\n"
                           "    timeout: 40ms\n    on_error: keep\n"),
                    2);
  Latch latch;
  std::atomic<int> hung{0};
  stage_of<Scripted>(pipeline, "wait").act = [&](Record& record, Call&) {
    if (number_of(record) % 25 != 3) return;
    ++hung;
    latch.wait();
    record.set_text("late");
  };
  auto& sink = stage_of<ScriptedSink>(pipeline, "out");
  sink.act = [&](Record&) {
    if (sink.count.load() + 1 == 300) latch.open();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK_FALSE(report.hung);
  CHECK(hung.load() == kHanging);
  CHECK(report_of(report, "wait").calls->written_off >= kHanging);
  CHECK(report_of(report, "wait").calls->late >= kHanging);
  CHECK(errors_of(report, "wait", "timeout") >= kHanging);
  CHECK(sink.texts() == numbers(300));
  CHECK(sums_up(report));
}

TEST_CASE("too many calls that hang fail the run, which says so and ends") {
  const int workers = GENERATE(2, 20);
  const std::size_t before = threads_now();
  auto pipeline = std::make_unique<Pipeline>(
      around(100'000, "  - uses: late.block\n    name: wait\n    workers: " +
                          std::to_string(workers) + "\n    timeout: 5ms\n    on_error: skip\n"),
      kManyThreads);
  Latch latch;
  std::atomic<int> inside{0};
  stage_of<Scripted>(*pipeline, "wait").act = [&](Record&, Call&) {
    ++inside;
    latch.wait();
    --inside;
  };
  const Report report = run_guarded(*pipeline);
  CHECK(report.status == RunStatus::failed);
  CHECK(report.failure.kind == "hung");
  CHECK(report.failure.stage == "wait");
  CHECK(report.failure.message.find("calls do not return") != std::string::npos);
  CHECK(report.hung);
  const auto hanging = static_cast<std::size_t>(inside.load());
  CHECK(hanging > static_cast<std::size_t>(16 + 2 * workers));
  // No new ones once the run has failed, but for records below the failure.
  CHECK(hanging < 1000);
  CHECK(report_of(report, "wait").calls->written_off >= hanging);
  CHECK(sums_up(report));
  const std::size_t now = threads_now();
  latch.open();
  keep_hung(std::move(pipeline), std::max(before, now - hanging));
  CHECK(inside.load() == 0);
}

/// Answers at about the time of the deadline, in any of the ways that a stage may.
class Racer {
 public:
  explicit Racer(std::uint64_t seed) : chance_(seed) {}

  void start(Completion completion) {
    const microseconds time(chance_.below(2500));
    switch (chance_.below(6)) {
      case 0:
        return completion.fail("busy", "at once");
      case 1:
        return completion.done_after(time);
      case 2:
        return completion.fail("busy", "later", true, time / 2);
      case 3:
        return on_a_thread(std::move(completion), time, true);
      case 4:
        return on_a_thread(std::move(completion), time, false);
      default:
        return completion.done();
    }
  }

 private:
  void on_a_thread(Completion completion, microseconds time, bool good) {
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer_.after(time, [held, good] {
      Completion twice(std::move(*held));
      Completion moved;
      moved = std::move(twice);
      if (good) return moved.done();
      moved.fail("busy", "on a thread");
    });
  }

  Chance chance_;
  Answerer answerer_;
};

TEST_CASE("where answer, retry, timeout and deadline come at once a record still ends once") {
  // Each record is a schedule of its own.
  const std::uint64_t count = schedules(4000);
  const int threads = GENERATE(1, 2, 8);
  const std::string policy = GENERATE(std::string("keep"), std::string("skip"));
  Pipeline pipeline(
      around(count,
             "  - uses: late.async\n    name: race\n    workers: 200\n    deadline: 2ms\n"
             "    timeout: 1ms\n    on_error: " +
                 policy + "\n    on_deadline: " + policy +
                 "\n    retry: { attempts: 4, backoff: 500us, max_backoff: 1ms }\n"),
      threads);
  Racer racer(static_cast<std::uint64_t>(threads));
  stage_of<ScriptedAsync>(pipeline, "race").act = [&](Completion completion) {
    racer.start(std::move(completion));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  CHECK(sums_up(report));
  CHECK(report.read == count);
  std::uint64_t errors = 0;
  for (const auto& [kind, n] : report_of(report, "race").errors) errors += n;
  if (policy == "keep") {
    CHECK(texts == numbers(count));
    CHECK(errors == report.kept);
  } else {
    CHECK(ascending(texts));
    CHECK(texts.size() == count_of(report, Outcome::delivered));
    CHECK(texts.size() + count_of(report, Outcome::skipped) == count);
    CHECK(errors == count_of(report, Outcome::skipped));
  }
}

}  // namespace weir::flow::test
