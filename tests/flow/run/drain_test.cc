// Interrupts: in whatever situation, the run ends, every record has its outcome, and what was
// delivered is in order. The second interrupt, or the end of the drain, ends it at once.

#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

constexpr std::uint64_t kEndless = 1'000'000'000;

/// A situation to be interrupted in: the keys of a late.async stage, and what it does.
struct Situation {
  const char* name;
  std::string keys;
  /// Sets the stage up; the answerer outlives the run.
  std::function<void(Pipeline&, Answerer&)> set_up;
  bool ends_itself;  ///< What is in flight would end within a drain of 20 s.
};

ScriptedAsync& call(Pipeline& pipeline) { return stage_of<ScriptedAsync>(pipeline, "call"); }

void hang_after(Pipeline& pipeline, Answerer& answerer, std::uint64_t good) {
  call(pipeline).act = [&answerer, good](Completion completion) {
    if (number_of(completion.record()) < good) return completion.done();
    answer_late(std::move(completion), answerer);
  };
}

void fail_after(Pipeline& pipeline, std::uint64_t good) {
  call(pipeline).act = [good](Completion completion) {
    if (number_of(completion.record()) < good) return completion.done();
    completion.fail("busy", "always");
  };
}

std::vector<Situation> situations() {
  return {
      {"in a backoff", "    retry: { attempts: 3, backoff: 1h, max_backoff: 1h, jitter: none }\n",
       [](Pipeline& p, Answerer&) { fail_after(p, 20); }, false},
      {"in short backoffs", "    retry: { attempts: 3, backoff: 5ms }\n    on_error: skip\n",
       [](Pipeline& p, Answerer&) { fail_after(p, 20); }, true},
      {"beside hedges", "    idempotent: true\n    hedge: { after: 1ms, budget: 100% }\n",
       [](Pipeline& p, Answerer& a) { hang_after(p, a, 20); }, false},
      {"in a full queue", "    queue: { records: 5 }\n",
       [](Pipeline& p, Answerer& a) { hang_after(p, a, 20); }, false},
      {"in a full queue that sheds", "    queue: { records: 5, when_full: drop_oldest }\n",
       [](Pipeline& p, Answerer& a) { hang_after(p, a, 0); }, false},
      {"in hung calls", "", [](Pipeline& p, Answerer& a) { hang_after(p, a, 20); }, false},
      {"in calls with a timeout", "    timeout: 5ms\n    on_error: skip\n",
       [](Pipeline& p, Answerer& a) { hang_after(p, a, 20); }, true},
      {"with an open breaker",
       "    breaker: { failures: 2, within: 1h, cooldown: 1h }\n"
       "    retry: { attempts: 1000, backoff: 1h, max_backoff: 1h }\n",
       [](Pipeline& p, Answerer&) { fail_after(p, 20); }, false},
      {"in a wait for the rate", "    rate: { limit: 1/h, burst: 1 }\n",
       [](Pipeline&, Answerer&) {}, false},
      {"in delays", "",
       [](Pipeline& p, Answerer&) {
         call(p).act = [](Completion c) { c.done_after(microseconds(2000)); };
       },
       true},
      {"with keys in order", "    key: k\n    order: key\n",
       [](Pipeline& p, Answerer& a) { hang_after(p, a, 20); }, false},
  };
}

Pipeline endless(const Situation& situation, const std::string& drain, int threads) {
  return Pipeline(around(kEndless,
                         "  - uses: late.label\n    name: label\n  - uses: late.async\n"
                         "    name: call\n    workers: 10\n" +
                             situation.keys,
                         "", "limits: { records: 300, drain: " + drain + " }\n"),
                  threads);
}

void label(Pipeline& pipeline) {
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("k", Value(static_cast<std::int64_t>(number_of(record) % 5)));
  };
}

void check(const Report& report, Pipeline& pipeline, const Situation& situation) {
  INFO(situation.name);
  CHECK(report.status == RunStatus::interrupted);
  CHECK(report.signal == 15);
  CHECK_FALSE(report.hung);
  CHECK(report.read < kEndless);
  CHECK(sums_up(report));
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  CHECK(texts.size() == count_of(report, Outcome::delivered));
  if (situation.keys.find("order: key") == std::string::npos) CHECK(ascending(texts));
  CHECK_FALSE(stage_of<ScriptedSink>(pipeline, "out").committed.load());
}

}  // namespace

TEST_CASE("the end of the drain ends a run in every situation") {
  const int threads = GENERATE(1, 2, 8);
  for (const Situation& situation : situations()) {
    Answerer answerer;
    Pipeline pipeline = endless(situation, "5ms", threads);
    label(pipeline);
    situation.set_up(pipeline, answerer);
    const Report report =
        interrupted_run(pipeline, [](const Progress& now) { return now.read >= 50; });
    check(report, pipeline, situation);
    INFO(situation.name);
    if (!situation.ends_itself) CHECK(count_of(report, Outcome::abandoned) > 0);
  }
}

TEST_CASE("what can end within the drain does") {
  for (const Situation& situation : situations()) {
    if (!situation.ends_itself) continue;
    Answerer answerer;
    Pipeline pipeline = endless(situation, "60s", 2);
    label(pipeline);
    situation.set_up(pipeline, answerer);
    const Report report =
        interrupted_run(pipeline, [](const Progress& now) { return now.read >= 50; });
    check(report, pipeline, situation);
    INFO(situation.name);
    CHECK(count_of(report, Outcome::abandoned) == 0);
  }
}

TEST_CASE("a second interrupt does not wait for the drain") {
  const int threads = GENERATE(1, 2);
  for (const Situation& situation : situations()) {
    Answerer answerer;
    Pipeline pipeline = endless(situation, "1h", threads);
    label(pipeline);
    situation.set_up(pipeline, answerer);
    const Report report = interrupted_run(
        pipeline, [](const Progress& now) { return now.read >= 50; }, 2);
    check(report, pipeline, situation);
  }
}

TEST_CASE("an interrupt at any moment leaves every record with one outcome") {
  const std::uint64_t rounds = schedules(60);
  Chance chance(31);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const auto all = situations();
    const Situation& situation = all[round % all.size()];
    Answerer answerer;
    Pipeline pipeline = endless(situation, "3ms", 1 + static_cast<int>(round % 3));
    label(pipeline);
    situation.set_up(pipeline, answerer);
    const std::uint64_t read = chance.below(100);
    const Report report = interrupted_run(
        pipeline, [read](const Progress& now) { return now.read >= read; },
        1 + static_cast<int>(round % 2));
    check(report, pipeline, situation);
    CHECK(report.read >= read);
  }
}

TEST_CASE("a blocking call that hangs is left behind when the drain is over") {
  // The run gives it a grace of seconds; here it returns as soon as it is told.
  Pipeline pipeline(around(kEndless, "  - uses: late.block\n    name: call\n    workers: 4\n", "",
                           "limits: { records: 300, drain: 20ms }\n"),
                    2);
  stage_of<Scripted>(pipeline, "call").act = [](Record& record, Call& c) {
    while (number_of(record) >= 20 && !c.stopping()) std::this_thread::yield();
  };
  const Report report =
      interrupted_run(pipeline, [](const Progress& now) { return now.read >= 50; });
  CHECK(report.status == RunStatus::interrupted);
  CHECK_FALSE(report.hung);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(20));
  CHECK(count_of(report, Outcome::abandoned) == report.read - 20);
  CHECK(sums_up(report));
}

TEST_CASE("a blocking call that never returns is reported as hung") {
  const std::size_t before = threads_now();
  Latch latch;
  auto pipeline = std::make_unique<Pipeline>(
      around(kEndless, "  - uses: late.block\n    name: call\n    workers: 4\n", "",
             "limits: { records: 300, drain: 20ms }\n"),
      kManyThreads);
  std::atomic<int> inside{0};
  stage_of<Scripted>(*pipeline, "call").act = [&](Record& record, Call&) {
    if (number_of(record) < 20) return;
    ++inside;
    latch.wait();
    --inside;
  };
  const Report report = interrupted_run(
      *pipeline, [&](const Progress& now) { return now.read >= 50 && inside.load() == 4; });
  CHECK(report.status == RunStatus::interrupted);
  CHECK(report.hung);
  CHECK(stage_of<ScriptedSink>(*pipeline, "out").texts() == numbers(20));
  CHECK(sums_up(report));
  const std::size_t now = threads_now();
  latch.open();
  keep_hung(std::move(pipeline), std::max(before, now - 4));
  CHECK(inside.load() == 0);
}

}  // namespace weir::flow::test
