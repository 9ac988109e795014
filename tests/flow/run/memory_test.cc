#include <catch2/catch.hpp>
#include <thread>

#include "tests/flow/kit/late_stages.h"
#include "tests/machine/eventually.h"
#include "tests/machine/resident.h"

namespace weir::flow::test {
namespace {

/// A batch is as large as what is done in a time: perhaps a record.
#if defined(__SANITIZE_THREAD__)
constexpr bool kSmallBatches = true;
#else
constexpr bool kSmallBatches = false;
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
constexpr const char* kChildren = "20000";
#else
constexpr bool kSanitized = false;
constexpr const char* kChildren = "100000";
#endif

constexpr std::uint64_t kMiB = 1 << 20;

/// What makes a sink slow, so that memory fills up.
std::function<void()> wait(std::chrono::microseconds time) {
  return [time] { std::this_thread::sleep_for(time); };
}

Digest& digest(Pipeline& pipeline) { return dynamic_cast<Digest&>(pipeline.sink()); }

}  // namespace

TEST_CASE("huge records and huge fan-out stay inside the memory limit") {
  const std::string yaml = std::string(R"(
limits: { memory: 256MiB, record: 110MiB }
stages:
  - uses: test.sizes
    with: { count: )") + (kSanitized ? "60" : "200") +
                           R"(, every: 50, big: 100MB }
  - uses: test.burst
    with: { size: 20, count: )" +
                           kChildren + R"( }
  - uses: test.digest
)";
  std::uint64_t hash = 0;
  for (const int threads : {1, 2, 8}) {
    INFO("threads " << threads);
    Pipeline pipeline(yaml, threads);
    digest(pipeline).before = wait(std::chrono::milliseconds(2));
    const ResidentPeak peak;
    const Report report = pipeline.run();
    const auto above = peak.above();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(report.peak_memory <= 256 * kMiB);
    // The margin: code, stacks, token objects, the C++ heap.
    if (above) CHECK(*above <= 256 * kMiB + 48 * kMiB);
    if (threads == 1) hash = digest(pipeline).hash;
    CHECK(digest(pipeline).hash == hash);
  }
}

TEST_CASE("a batch that outgrows the memory is finished record by record, in order") {
  // One record in 20 becomes 2 MiB: a batch of many cannot be held, one record can.
  const std::string yaml = R"(
limits: { memory: 20MiB, record: 4MiB }
stages:
  - uses: test.numbers
    with: { count: 2500 }
  - uses: test.burst
    with: { count: 200, size: 10000, every: 20 }
  - uses: test.tally
    with: { seed: 5 }
  - uses: test.digest
)";
  std::uint64_t hash = 0;
  for (const int threads : {1, 2, 8}) {
    Pipeline pipeline(yaml, threads);
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(report.peak_memory <= 20 * kMiB);
    if (!kSmallBatches) CHECK(report.finished_at_head > 0);
    CHECK(digest(pipeline).count > 2500 + 200 * 60);
    if (threads == 1) hash = digest(pipeline).hash;
    CHECK(digest(pipeline).hash == hash);
  }
}

TEST_CASE("an emitting stage that runs out of memory loses no record and makes none twice") {
  for (const int threads : {1, 2, 8}) {
    Pipeline pipeline(R"(
limits: { memory: 12MiB, record: 4MiB }
stages:
  - uses: test.numbers
    with: { count: 20000 }
  - uses: test.burst
    with: { count: 100, size: 15000, every: 200, always: true }
  - uses: test.digest
)",
                      threads);
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(report.finished_at_head > 0);
    std::uint64_t expected = 20000;
    for (int n = 0; n < 20000; ++n) expected += mix(1, std::to_string(n)) % 200 == 0 ? 100 : 0;
    CHECK(digest(pipeline).count == expected);
    CHECK(count_of(report, Outcome::delivered) == 20000);
  }
}

TEST_CASE("serial stages that use the reserve again and again do not use it up") {
  for (const int threads : {1, 2, 8}) {
    Pipeline pipeline(R"(
limits: { memory: 23MiB, record: 6MiB }
stages:
  - uses: test.sizes
    with: { count: 60, every: 2, big: 2MiB }
  - uses: test.tally
  - uses: test.tally
  - uses: test.digest
)",
                      threads);
    digest(pipeline).before = wait(std::chrono::microseconds(500));
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(report.peak_memory <= 23 * kMiB);
    CHECK(count_of(report, Outcome::delivered) == 60);
    CHECK(report.stages[1].errors.empty());
  }
}

TEST_CASE("an error's message is not held against a tiny limits.record") {
  Pipeline pipeline(R"(
limits: { record: 20 }
stages:
  - uses: test.numbers
    with: { count: 500 }
  - uses: test.mix
    on_error: skip
    with: { thrown: 50 }
  - uses: test.collect
)",
                    2);
  const Report report = pipeline.run();
  REQUIRE(report.status == RunStatus::ok);
  CHECK(count_of(report, Outcome::skipped) > 100);
  CHECK(count_of(report, Outcome::skipped) + count_of(report, Outcome::delivered) == 500);
}

TEST_CASE("a record over limits.record is an error of that record, whatever else is in its batch") {
  for (const int threads : {1, 2, 8}) {
    Pipeline pipeline(R"(
limits: { memory: 32MiB, record: 1MiB }
stages:
  - uses: test.sizes
    on_error: skip
    with: { count: 1000, every: 10, big: 2MiB }
  - uses: test.digest
)",
                      threads);
    const Report report = pipeline.run();
    REQUIRE(report.status == RunStatus::ok);
    CHECK(count_of(report, Outcome::skipped) == 100);
    CHECK(report.stages[0].errors.at("too_big") == 100);
    CHECK(digest(pipeline).count == 900);
  }
}

TEST_CASE("a straggler fills the reorder buffer, the source waits, memory stays flat") {
  const std::string yaml = std::string(R"(
limits: { memory: 64MiB, record: 1MiB }
stages:
  - uses: test.numbers
    with: { split: true, count: )") +
                           (kSanitized ? "500000" : "10000000") + R"( }
  - uses: late.plain
    name: straggler
  - uses: test.digest
)";
  Pipeline pipeline(yaml, 2);
  // It takes until nobody else has anything to do.
  bool all_wait = false;
  stage_of<Scripted>(pipeline, "straggler").act = [&](Record& record, Call&) {
    if (record.text() == "100000") all_wait = eventually([] { return others_sleep(); });
  };
  const ResidentPeak peak;
  const Report report = pipeline.run();
  const auto above = peak.above();
  REQUIRE(report.status == RunStatus::ok);
  CHECK(all_wait);
  CHECK(report.read == (kSanitized ? 500'000 : 10'000'000));
  CHECK(digest(pipeline).count == report.read);
  CHECK(report.peak_memory <= 64 * kMiB);
  CHECK(report.peak_records <= pipeline.plan().limits.records);
  if (above) CHECK(*above <= 64 * kMiB + 32 * kMiB);
}

TEST_CASE("limits.records holds, down to a single record in flight") {
  for (const int records : {1, 7, 1000}) {
    for (const char* split : {"true", "false"}) {
      Pipeline pipeline(
          "limits: { records: " + std::to_string(records) +
              " }\nstages:\n  - uses: test.numbers\n    with: { count: 5000, split: " + split +
              " }\n  - uses: test.mix\n  - uses: test.collect\n",
          8);
      const Report report = pipeline.run();
      REQUIRE(report.status == RunStatus::ok);
      CHECK(report.peak_records <= static_cast<std::uint64_t>(records));
      CHECK(report.read == 5000);
      CHECK(pipeline.texts().size() == 5000);
    }
  }
}

}  // namespace weir::flow::test
