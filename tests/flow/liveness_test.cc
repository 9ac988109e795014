#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "tests/flow/pipeline.h"

namespace weir::test {
namespace {

/// WEIR_CYCLES=1000000 runs the full number.
std::uint64_t cycles() {
  const char* given = std::getenv("WEIR_CYCLES");
  return given ? std::strtoull(given, nullptr, 10) : 20'000;
}

std::size_t entries(const char* directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

void reset_ping_pong() {
  ping_pong().sent.store(0);
  ping_pong().seen.store(0);
  ping_pong().longest_ns.store(0);
  ping_pong().over_10ms.store(0);
}

}  // namespace

TEST_CASE("a record that arrives at an idle run reaches the sink, every time") {
  for (const int threads : {1, 2}) {
    reset_ping_pong();
    Pipeline pipeline(
        "stages:\n  - uses: test.ping\n    with: { count: " + std::to_string(cycles()) +
            " }\n  - uses: test.mix\n  - uses: test.pong\n",
        threads);
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(report.read == cycles());
    CHECK(ping_pong().seen.load() == cycles());
    WARN("threads " << threads << ": longest of " << cycles() << " cycles "
                    << static_cast<double>(ping_pong().longest_ns.load()) * 1e-6 << " ms, "
                    << ping_pong().over_10ms.load() << " over 10 ms");
    // A wake-up that was lost would last for ever; a machine under load may be late.
    CHECK(ping_pong().longest_ns.load() < 2'000'000'000);
  }
}

TEST_CASE("a source that parks after every record is always woken") {
  for (const int threads : {1, 2, 8}) {
    Pipeline pipeline(
        "limits: { records: 1 }\nstages:\n  - uses: test.numbers\n    with: { count: " +
            std::to_string(cycles()) + " }\n  - uses: test.mix\n  - uses: test.digest\n",
        threads);
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(report.read == cycles());
  }
}

TEST_CASE("an interrupt of an idle run is heard at once") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 40; ++round) {
    reset_ping_pong();
    Pipeline pipeline(
        "stages:\n  - uses: test.ping\n    with: { count: 1000000000 }\n  - uses: test.pong\n",
        1 + round % 2);
    Run& run = pipeline.start();
    std::thread killer([&, pause = random() % 3000] {
      std::this_thread::sleep_for(std::chrono::microseconds(pause));
      run.interrupt(15);
    });
    const Report report = run.run();
    killer.join();
    CHECK(report.status == RunStatus::interrupted);
    CHECK(report.signal == 15);
    CHECK(report.read == ping_pong().seen.load());
  }
}

TEST_CASE("a lost message is a failure that says where, not a wait for ever") {
  const char* blocking = GENERATE("true", "false");
  Pipeline pipeline(
      std::string("stages:\n  - uses: test.numbers\n    with: { count: 1000000, blocking: ") +
          blocking + " }\n  - uses: test.mix\n  - uses: test.collect\n",
      2);
  RunServices services;
  services.lose_batch = 5;
  services.stuck_after = std::chrono::milliseconds(300);
  const Report report = pipeline.run(std::move(services));
  REQUIRE(report.status == RunStatus::stuck);
  CHECK(report.failure.kind == "stuck");
  CHECK(report.failure.message.find("batch 5") != std::string::npos);
  CHECK(count_of(report, Outcome::delivered) == pipeline.texts().size());
  std::uint64_t sum = 0;
  for (const std::uint64_t n : report.outcomes) sum += n;
  CHECK(sum == report.read);
}

TEST_CASE("a slow stage is not taken for stuck") {
  Pipeline pipeline(
      "stages:\n  - uses: test.numbers\n    with: { count: 10 }\n  - uses: test.sleep\n"
      "    with: { at: 5, ms: 700 }\n  - uses: test.collect\n",
      2);
  RunServices services;
  services.stuck_after = std::chrono::milliseconds(200);
  CHECK(pipeline.run(std::move(services)).status == RunStatus::ok);
}

TEST_CASE("the drain's end abandons what a stage holds, counted") {
  Pipeline pipeline(
      "limits: { drain: 50ms }\nstages:\n  - uses: test.numbers\n    with: { count: 100000 }\n"
      "  - uses: test.sleep\n    with: { at: 200, ms: 60000 }\n  - uses: test.collect\n",
      2);
  Run& run = pipeline.start();
  std::thread killer([&] {
    // The window holds at least so many records behind the one that sleeps, however small batches
    // are.
    while (run.progress().read < 250) std::this_thread::yield();
    run.interrupt(2);
  });
  const Report report = run.run();
  killer.join();
  CHECK(report.status == RunStatus::interrupted);
  CHECK_FALSE(report.hung);
  CHECK(count_of(report, Outcome::abandoned) > 0);
  CHECK(count_of(report, Outcome::delivered) == pipeline.texts().size());
}

TEST_CASE("a run leaves no thread and no file descriptor behind") {
  const auto once = [](const std::string& sleep, bool interrupt) {
    Pipeline pipeline(
        "stages:\n  - uses: test.numbers\n    with: { count: 20000, blocking: true }\n"
        "  - uses: test.sleep\n    with: { " +
            sleep + " }\n  - uses: test.collect\n",
        2);
    Run& run = pipeline.start();
    std::thread killer([&] {
      if (interrupt) run.interrupt(2);
    });
    run.run();
    killer.join();
  };
  once("ms: 1", false);  // oneTBB keeps its threads.
  const std::size_t threads = entries("/proc/self/task");
  const std::size_t files = entries("/proc/self/fd");
  for (int i = 0; i < 10; ++i) {
    once("ms: 1", false);
    once("fail: 500", false);
    once("ms: 1", true);
  }
  CHECK(entries("/proc/self/task") <= threads);
  CHECK(entries("/proc/self/fd") == files);
}

}  // namespace weir::test
