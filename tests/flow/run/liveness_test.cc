#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <random>

#include "tests/flow/kit/shape_stages.h"
#include "tests/machine/eventually.h"

namespace weir::flow::test {
namespace {

/// WEIR_CYCLES=1000000 runs the full number.
std::uint64_t cycles() {
  const char* given = std::getenv("WEIR_CYCLES");
  return given ? std::strtoull(given, nullptr, 10) : 20'000;
}

std::size_t files_now() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

void reset_ping_pong() {
  ping_pong().sent.store(0);
  ping_pong().seen.store(0);
}

/// A run whose fifth batch gets lost.
struct LosingRun {
  explicit LosingRun(const std::string& blocking, std::chrono::milliseconds stuck_after)
      : pipeline("stages:\n  - uses: test.numbers\n    with: { count: 1000000, blocking: " +
                     blocking + " }\n  - uses: test.mix\n  - uses: test.collect\n",
                 2) {
    RunServices services;
    services.lose_batch = 5;
    services.stuck_after = stuck_after;
    report = pipeline.run(std::move(services));
  }
  Pipeline pipeline;
  Report report;
};

}  // namespace

TEST_CASE("a record that arrives at an idle run reaches the sink, every time") {
  // A wake-up that was lost would last for ever; a machine under load may be late.
  for (const int threads : {1, 2}) {
    reset_ping_pong();
    Pipeline pipeline(
        "stages:\n  - uses: test.ping\n    with: { count: " + std::to_string(cycles()) +
            " }\n  - uses: test.mix\n  - uses: test.pong\n",
        threads);
    const Report report = run_guarded(pipeline);
    REQUIRE(report.status == RunStatus::ok);
    CHECK(report.read == cycles());
    CHECK(ping_pong().seen.load() == cycles());
  }
}

TEST_CASE("a source that parks after every record is always woken") {
  for (const int threads : {1, 2, 8}) {
    Pipeline pipeline(
        "limits: { records: 1 }\nstages:\n  - uses: test.numbers\n    with: { count: " +
            std::to_string(cycles()) + " }\n  - uses: test.mix\n  - uses: test.digest\n",
        threads);
    const Report report = run_guarded(pipeline);
    REQUIRE(report.status == RunStatus::ok);
    CHECK(report.read == cycles());
  }
}

TEST_CASE("an interrupt of an idle run is heard") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 40; ++round) {
    reset_ping_pong();
    Pipeline pipeline(
        "stages:\n  - uses: test.ping\n    with: { count: 1000000000 }\n"
        "  - uses: late.sink\n    name: out\n",
        1 + round % 2);
    // One of the pings gets no answer: from then on the source waits, and nothing else happens.
    const std::uint64_t last = random() % 50;
    stage_of<ScriptedSink>(pipeline, "out").act = [last](Record& record) {
      if (number_of(record) < last) ping_pong().seen.fetch_add(1);
    };
    const Report report = interrupted_run(pipeline, [last](const Progress& now) {
      return now.delivered == last + 1 && now.records_in_flight == 0;
    });
    CHECK(report.status == RunStatus::interrupted);
    CHECK(report.signal == 15);
    CHECK(report.read == last + 1);
    CHECK(count_of(report, Outcome::delivered) == last + 1);
  }
}

TEST_CASE("a lost message is a failure that says where, not a wait for ever") {
  const std::string blocking = GENERATE(std::string("true"), std::string("false"));
  const LosingRun run(blocking, std::chrono::milliseconds(300));
  const Report& report = run.report;
  REQUIRE(report.status == RunStatus::stuck);
  CHECK(report.failure.kind == "stuck");
  CHECK(report.failure.message.find("batch 5") != std::string::npos);
  CHECK(count_of(report, Outcome::delivered) == run.pipeline.texts().size());
  CHECK(sums_up(report));
}

TEST_CASE("a slow stage is not taken for stuck") {
  constexpr std::chrono::milliseconds kPatience{150};
  Pipeline pipeline(around(10, "  - uses: late.plain\n    name: slow\n"), 2);
  // It takes as long as two other runs, one after the other, until they are found stuck.
  Latch begun;
  Latch done;
  std::atomic<int> stuck{0};
  stage_of<Scripted>(pipeline, "slow").act = [&](Record& record, Call&) {
    if (number_of(record) != 5) return;
    begun.open();
    done.wait();
  };
  std::thread others([&] {
    if (eventually([&] { return begun.is_open(); })) {
      for (int i = 0; i < 2; ++i) {
        stuck += LosingRun("true", kPatience).report.status == RunStatus::stuck;
      }
    }
    done.open();
  });
  RunServices services;
  services.stuck_after = kPatience;
  const Report report = run_guarded(pipeline, std::move(services));
  others.join();
  CHECK(stuck.load() == 2);
  CHECK(status_of(report) == "ok");
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(10));
}

TEST_CASE("the drain's end abandons what a stage holds, counted") {
  Pipeline pipeline(
      around(100'000, "  - uses: late.plain\n    name: held\n", {}, "limits: { drain: 50ms }\n"),
      2);
  Latch held;
  stage_of<Scripted>(pipeline, "held").act = [&](Record& record, Call& call) {
    if (number_of(record) != 200) return;
    held.open();
    eventually([&] { return call.stopping(); });
  };
  const Report report = interrupted_run(pipeline, [&](const Progress&) { return held.is_open(); });
  CHECK(held.is_open());
  CHECK(report.status == RunStatus::interrupted);
  CHECK_FALSE(report.hung);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  CHECK(texts.size() <= 200);
  CHECK(texts == numbers(texts.size()));
  CHECK(count_of(report, Outcome::delivered) == texts.size());
  CHECK(count_of(report, Outcome::abandoned) == report.read - texts.size());
  CHECK(report.read > 200);
}

TEST_CASE("a run leaves no thread and no file descriptor behind") {
  const auto once = [](const std::string& sleep, bool interrupt) {
    Pipeline pipeline(
        "stages:\n  - uses: test.numbers\n    with: { count: 20000, blocking: true }\n"
        "  - uses: test.sleep\n    with: { " +
            sleep + " }\n  - uses: test.collect\n",
        2);
    if (!interrupt) return pipeline.run().status;
    return interrupted_run(pipeline, [](const Progress&) { return true; }).status;
  };
  once("ms: 1", false);  // oneTBB keeps its threads.
  const std::size_t threads = threads_now();
  const std::size_t files = files_now();
  for (int i = 0; i < 10; ++i) {
    CHECK(once("ms: 1", false) == RunStatus::ok);
    CHECK(once("fail: 500", false) == RunStatus::failed);
    once("ms: 1", true);
  }
  // One that was joined may be seen for a moment.
  CHECK(eventually([threads] { return threads_now() <= threads; }));
  CHECK(files_now() == files);
}

}  // namespace weir::flow::test
