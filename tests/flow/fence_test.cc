#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "tests/flow/pipeline.h"

namespace weir::test {
namespace {

/// Whether the texts are the numbers 0, 1, 2... without a gap.
bool is_prefix(const std::vector<std::string>& texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i] != std::to_string(i)) return false;
  }
  return true;
}

std::string list(const std::vector<std::int64_t>& numbers) {
  std::string text = "[";
  for (const std::int64_t n : numbers) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

}  // namespace

TEST_CASE("the smallest failing origin is the fence, though it fails last") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 60; ++round) {
    // The smallest sleeps longest before it fails; those above it fail long before.
    std::vector<std::int64_t> fail;
    std::int64_t n = 1 + static_cast<std::int64_t>(random() % 2000);
    for (int i = 0; i < 4; ++i) {
      fail.push_back(n);
      n += 1 + static_cast<std::int64_t>(random() % 700);
    }
    const char* split = round % 2 ? "true" : "false";
    const int threads = round % 3 == 0 ? 1 : round % 3 == 1 ? 2 : 8;
    INFO("failing " << list(fail) << ", threads " << threads);
    Pipeline pipeline(
        std::string("stages:\n  - uses: test.numbers\n    with: { count: 100000, split: ") + split +
            " }\n  - uses: test.sleep\n    with: { ms: 30, at: " + list(fail) +
            ", fail: " + list(fail) + " }\n  - uses: test.collect\n",
        threads);
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::failed);
    CHECK(report.failure.origin.position == static_cast<std::uint64_t>(fail[0]));
    CHECK(report.failure.stage == "sleep");
    CHECK(report.failure.kind == "chosen");
    CHECK(pipeline.texts().size() == static_cast<std::size_t>(fail[0]));
    CHECK(is_prefix(pipeline.texts()));
    CHECK(report.leftover == "collected.partial");
    CHECK(count_of(report, Outcome::delivered) == static_cast<std::uint64_t>(fail[0]));
    CHECK(count_of(report, Outcome::abandoned) == report.read - pipeline.texts().size());
  }
}

TEST_CASE("an interrupt at any moment leaves an exact prefix, with every record counted") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 60; ++round) {
    const bool fails = round % 4 == 0;
    Pipeline pipeline(
        std::string("stages:\n  - uses: test.numbers\n    with: { count: 100000000, split: ") +
            (round % 2 ? "true" : "false") + ", blocking: " + (round % 3 == 0 ? "true" : "false") +
            " }\n  - uses: test.sleep\n    with: { ms: 4, at: [700, 1500]" +
            (fails ? ", fail: 1500" : "") + " }\n  - uses: test.collect\n",
        round % 3 == 0 ? 1 : 8);
    Run& run = pipeline.start();
    std::thread killer([&, pause = random() % 12'000] {
      std::this_thread::sleep_for(std::chrono::microseconds(pause));
      run.interrupt(2);
      if (pause % 3 == 0) run.interrupt(2);
    });
    const Report report = run.run();
    killer.join();
    const auto delivered = pipeline.texts().size();
    if (report.status == RunStatus::failed) {
      CHECK(fails);
      CHECK(delivered <= 1500);
    } else {
      CHECK(report.status == RunStatus::interrupted);
    }
    CHECK(is_prefix(pipeline.texts()));
    CHECK_FALSE(pipeline.committed());
    CHECK(count_of(report, Outcome::delivered) == delivered);
    CHECK(count_of(report, Outcome::abandoned) == report.read - delivered);
  }
}

TEST_CASE("no child of a failing origin is delivered, even when memory is short") {
  for (const int threads : {1, 2, 8}) {
    // One in 20 has 3 MB of children: batches cannot be held. The last child of n1000 fails.
    Pipeline pipeline(R"(
limits: { memory: 20MiB, record: 4MiB }
stages:
  - uses: test.sizes
    with: { count: 1500, every: 10000 }
  - uses: test.burst
    with: { count: 150, size: 20000, every: 20, poison: n1000 }
  - uses: test.mix
    with: { at: 4242 }
  - uses: test.collect
)",
                      threads);
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::failed);
    CHECK(report.failure.origin.position == 1000);
    CHECK(report.finished_at_head > 0);
    std::size_t expected = 0;
    for (int n = 0; n < 1000; ++n) expected += mix(1, "n" + std::to_string(n)) % 20 == 0 ? 150 : 1;
    CHECK(pipeline.texts().size() == expected);
    CHECK(count_of(report, Outcome::delivered) == 1000);
  }
}

TEST_CASE("a source that fails leaves all that came before it") {
  for (const char* split : {"true", "false"}) {
    for (const int threads : {1, 2, 8}) {
      Pipeline pipeline(
          std::string(
              "stages:\n  - uses: test.numbers\n    with: { count: 5000, fail_at: 3210, split: ") +
              split + " }\n  - uses: test.collect\n",
          threads);
      const Report report = pipeline.run();
      REQUIRE(report.status == RunStatus::failed);
      CHECK(report.failure.stage == "numbers");
      CHECK(report.failure.kind == "io");
      CHECK(pipeline.texts().size() == 3210);
      CHECK(is_prefix(pipeline.texts()));
    }
  }
}

TEST_CASE("a sink that fails has delivered exactly what came before") {
  for (const int threads : {1, 2, 8}) {
    Pipeline pipeline(
        "stages:\n  - uses: test.numbers\n    with: { count: 5000 }\n"
        "  - uses: test.collect\n    with: { fail_at: 2222 }\n",
        threads);
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::failed);
    CHECK(report.failure.stage == "collect");
    CHECK(pipeline.texts().size() == 2222);
    CHECK(count_of(report, Outcome::delivered) == 2222);
    CHECK(count_of(report, Outcome::abandoned) == report.read - 2222);
  }
}

}  // namespace weir::test
