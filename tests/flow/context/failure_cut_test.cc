#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "tests/flow/kit/run_guard.h"
#include "tests/flow/kit/shape_stages.h"
#include "tests/machine/eventually.h"

namespace weir::flow::test {
namespace {

/// Whether the texts are the numbers 0, 1, 2... without a gap.
bool is_prefix(const std::vector<std::string>& texts) { return texts == numbers(texts.size()); }

/// Numbers through a stage `hold` to the sink.
std::string held_numbers(std::uint64_t count, bool split, bool blocking) {
  const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
  return "stages:\n  - uses: test.numbers\n    with: { count: " + std::to_string(count) +
         ", split: " + word(split) + ", blocking: " + word(blocking) +
         " }\n  - uses: late.plain\n    name: hold\n  - uses: test.collect\n";
}

/// Four records that fail, of which the smallest does so when all that may fail before it have.
class Failing {
 public:
  explicit Failing(std::mt19937_64& random) {
    std::uint64_t n = 1 + random() % 2000;
    for (std::uint64_t& number : numbers_) {
      number = n;
      n += 1 + random() % 700;
    }
  }
  void act(Record& record) {
    const std::uint64_t n = number_of(record);
    if (std::ranges::find(numbers_, n) == numbers_.end()) return;
    if (n == smallest()) {
      eventually([&] { return above_.load() == 3 || others_sleep(); });
      overtaken_ = above_.load() > 0;
    }
    record.fail("chosen", "failed on purpose");
    if (n != smallest()) ++above_;
  }
  std::uint64_t smallest() const { return numbers_[0]; }
  /// Whether another one had failed before the smallest did.
  bool overtaken() const { return overtaken_; }

 private:
  std::array<std::uint64_t, 4> numbers_{};
  std::atomic<int> above_{0};
  bool overtaken_ = false;
};

/// A run that is interrupted while one record, at least, is in a stage.
struct InterruptedRun {
  InterruptedRun(const std::string& yaml, int threads) : pipeline(yaml, threads) {}

  void run(std::uint64_t held, std::optional<std::uint64_t> failing, bool twice);

  Pipeline pipeline;
  Report report;
  bool was_held = false;  ///< Not where the run failed first.
  std::uint64_t in_flight = 0;
};

void InterruptedRun::run(std::uint64_t held, std::optional<std::uint64_t> failing, bool twice) {
  Latch inside;
  Latch told;
  stage_of<Scripted>(pipeline, "hold").act = [&](Record& record, Call& call) {
    const std::uint64_t n = number_of(record);
    if (n == failing) record.fail("chosen", "failed on purpose");
    if (n != held) return;
    inside.open();
    told.wait();
    if (twice) eventually([&] { return call.stopping(); });
  };
  Run& run = pipeline.start();
  const RunGuard guard(run);
  std::atomic<bool> over{false};
  std::thread killer([&] {
    eventually([&] { return inside.is_open() || over.load(); });
    was_held = inside.is_open();
    in_flight = run.progress().records_in_flight;
    run.interrupt(2);
    if (twice) run.interrupt(2);
    told.open();
  });
  report = run.run();
  over.store(true);
  killer.join();
}

}  // namespace

TEST_CASE("the smallest failing origin is the failure cut, though it fails last") {
  std::mt19937_64 random(11);
  int overtaken = 0;
  for (int round = 0; round < 60; ++round) {
    Failing failing(random);
    const int threads = round % 3 == 0 ? 1 : round % 3 == 1 ? 2 : 8;
    INFO("failing " << failing.smallest() << ", threads " << threads);
    Pipeline pipeline(held_numbers(100'000, round % 2 == 1, false), threads);
    stage_of<Scripted>(pipeline, "hold").act = [&](Record& record, Call&) { failing.act(record); };
    const Report report = run_guarded(pipeline);
    REQUIRE(report.status == RunStatus::failed);
    CHECK(report.failure.origin.position == failing.smallest());
    CHECK(report.failure.stage == "hold");
    CHECK(report.failure.kind == "chosen");
    CHECK(pipeline.texts().size() == failing.smallest());
    CHECK(is_prefix(pipeline.texts()));
    CHECK(report.leftover == "collected.partial");
    CHECK(count_of(report, Outcome::delivered) == failing.smallest());
    CHECK(count_of(report, Outcome::abandoned) == report.read - failing.smallest());
    overtaken += failing.overtaken();
  }
  // Not on one thread, nor where all four are in one batch.
  CHECK(overtaken > 20);
}

TEST_CASE("an interrupt while records are in flight leaves an exact prefix, and all are counted") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 60; ++round) {
    const bool twice = random() % 3 == 0;
    const std::uint64_t held = random() % 3000;
    const auto failing = round % 4 == 0 ? std::optional(random() % 3000) : std::nullopt;
    INFO("held " << held << ", failing " << failing.value_or(0) << ", twice " << twice);
    InterruptedRun interrupted(held_numbers(100'000'000, round % 2 == 1, round % 3 == 0),
                               round % 3 == 0 ? 1 : 8);
    interrupted.run(held, failing, twice);
    const Report& report = interrupted.report;
    const std::vector<std::string>& texts = interrupted.pipeline.texts();
    CHECK(is_prefix(texts));
    CHECK_FALSE(interrupted.pipeline.committed());
    CHECK(count_of(report, Outcome::delivered) == texts.size());
    CHECK(count_of(report, Outcome::abandoned) == report.read - texts.size());
    if (report.status == RunStatus::failed) {
      CHECK(failing);
      CHECK(texts.size() <= *failing);
      continue;
    }
    CHECK(report.status == RunStatus::interrupted);
    CHECK(interrupted.was_held);
    CHECK(interrupted.in_flight > 0);
    // Once: what is in flight is finished. Twice: it is not.
    CHECK((texts.size() > held) == !twice);
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

}  // namespace weir::flow::test
