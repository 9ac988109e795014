// Stalls: whoever looks is told which record holds all others, where, how long and why.

#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"
#include "tests/machine/eventually.h"

namespace weir::flow::test {
namespace {

using std::chrono::milliseconds;

/// Looks at a run until what holds it satisfies `wanted`, or in vain; then `found`.
class Looker {
 public:
  Looker(Run& run, std::function<bool(const HeadOfLine&)> wanted, std::function<void()> found)
      : thread_([this, &run, wanted = std::move(wanted), found = std::move(found)] {
          saw.store(eventually([&] { return wanted(run.progress().head); }));
          found();
        }) {}
  ~Looker() { thread_.join(); }
  Looker(const Looker&) = delete;
  Looker& operator=(const Looker&) = delete;

  std::atomic<bool> saw{false};

 private:
  std::thread thread_;
};

std::string called(const std::string& keys = {}) {
  return around(100, "  - uses: late.async\n    name: call\n    workers: 10\n" + keys);
}

}  // namespace

TEST_CASE("the head of line names record, stage and what it does") {
  Pipeline pipeline(called());
  Latch latch;
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    if (number_of(completion.record()) != 42) return completion.done();
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after({}, [held, &latch] {
      latch.wait();
      held->done();
    });
  };
  Run& run = pipeline.start();
  Report report;
  {
    const Looker looker(
        run,
        [](const HeadOfLine& head) {
          return head.stage == "call" && head.origin.position == 42 &&
                 head.doing == Doing::running && head.attempt == 1 && head.seconds >= 0.03;
        },
        [&] { latch.open(); });
    report = run.run();
    CHECK(looker.saw.load());
  }
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report.longest_hold.stage == "call");
  CHECK(report.longest_hold.origin.position == 42);
  CHECK(report.longest_hold.seconds >= 0.03);
  CHECK(run.progress().head.stage.empty());
}

TEST_CASE("the head of line says which attempt it is, and that it waits to be retried") {
  Pipeline pipeline(called("    retry: { attempts: 3, backoff: 60ms, jitter: none }\n"));
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    if (number_of(completion.record()) != 42 || completion.call().attempt() == 3) {
      return completion.done();
    }
    completion.fail("busy", "not yet");
  };
  Run& run = pipeline.start();
  Report report;
  {
    const Looker looker(
        run,
        [](const HeadOfLine& head) {
          return head.origin.position == 42 && head.doing == Doing::backoff && head.attempt == 2;
        },
        [] {});
    report = run.run();
    CHECK(looker.saw.load());
  }
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report.longest_hold.attempt == 3);
  CHECK(report.longest_hold.seconds >= 0.06);
}

TEST_CASE("the head of line says that it waits for a rate, a permit, or the stages below") {
  SECTION("a rate") {
    Pipeline pipeline(around(10, "  - uses: late.async\n    name: call\n    rate: 20/s\n"));
    Run& run = pipeline.start();
    Report report;
    const Looker looker(
        run,
        [](const HeadOfLine& head) { return head.stage == "call" && head.doing == Doing::rated; },
        [] {});
    report = run.run();
    while (!looker.saw.load()) std::this_thread::yield();
    CHECK(report.status == RunStatus::ok);
  }
  SECTION("the stages below") {
    Pipeline pipeline(called());
    Latch latch;
    stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
      if (number_of(record) == 0) latch.wait();
    };
    Run& run = pipeline.start();
    Report report;
    const Looker looker(
        run, [](const HeadOfLine& head) { return head.stage == "out" || head.stage == "call"; },
        [&] { latch.open(); });
    report = run.run();
    CHECK(looker.saw.load());
    CHECK(report.status == RunStatus::ok);
  }
}

TEST_CASE("the log names what holds all others, once a second at most") {
  Pipeline pipeline(called());
  // It holds them until it has been named twice.
  Latch named;
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    if (number_of(completion.record()) != 42) return completion.done();
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after({}, [held, &named] {
      named.wait();
      held->done();
    });
  };
  std::mutex mutex;
  std::vector<std::pair<std::chrono::steady_clock::time_point, std::string>> lines;
  RunServices services;
  services.log = [&](LogLevel level, std::string_view stage, std::string_view text) {
    const std::lock_guard lock(mutex);
    CHECK(level == LogLevel::info);
    CHECK(stage == "call");
    lines.emplace_back(std::chrono::steady_clock::now(), text);
    if (lines.size() == 2) named.open();
  };
  const Report report = run_guarded(pipeline, std::move(services));
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(lines.size() >= 2);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(lines[i].second.find("record 43 holds all others: runs for") == 0);
    if (i > 0) CHECK(lines[i].first - lines[i - 1].first >= milliseconds(990));
  }
}

TEST_CASE("what a shutdown still waits for is in the report") {
  Pipeline pipeline(around(100, "  - uses: late.async\n    name: call\n    workers: 10\n", "",
                           "limits: { drain: 30ms }\n"));
  Answerer answerer;
  std::atomic<bool> held{false};
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    if (number_of(completion.record()) != 42) return completion.done();
    answer_late(std::move(completion), answerer);
    held.store(true);
  };
  const Report report = interrupted_run(
      pipeline, [&](const Progress& now) { return held.load() && now.head.origin.position == 42; });
  CHECK(report.status == RunStatus::interrupted);
  CHECK(report.held_the_end.stage == "call");
  CHECK(report.held_the_end.origin.position == 42);
  CHECK(report.held_the_end.doing == Doing::running);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(42));
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
