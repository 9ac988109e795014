// Regions: what waits in one keeps nothing of another, and each stays inside its own share.

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using Clock = std::chrono::steady_clock;

/// Holds completions until there are so many, then answers them all, the last one first.
class Gathering {
 public:
  explicit Gathering(std::size_t wanted) : wanted_(wanted) {}

  void add(Completion completion) {
    waiting_.push_back(std::move(completion));
    if (waiting_.size() < wanted_) return;
    while (!waiting_.empty()) {
      waiting_.back().done();
      waiting_.pop_back();
    }
  }

 private:
  const std::size_t wanted_;
  std::vector<Completion> waiting_;
};

/// Keeps one record in so many.
void keep_one_in(Pipeline& pipeline, std::uint64_t every) {
  stage_of<Scripted>(pipeline, "keep").act = [every](Record& record, Call&) {
    if (number_of(record) % every != 0) record.drop();
  };
}

std::vector<std::string> multiples(std::uint64_t count, std::uint64_t every) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < count; i += every) texts.push_back(std::to_string(i));
  return texts;
}

}  // namespace

TEST_CASE("a thousand survivors of a million records wait at the same time, and leave in order") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(around(1'000'000,
                           "  - uses: late.plain\n    name: keep\n"
                           "  - uses: late.async\n    name: wait\n    workers: 1000\n",
                           "", "limits: { memory: 64MiB }\n"),
                    threads);
  keep_one_in(pipeline, 1000);
  Gathering gathering(1000);
  stage_of<ScriptedAsync>(pipeline, "wait").act = [&](Completion completion) {
    gathering.add(std::move(completion));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "wait").calls->peak_workers == 1000);
  CHECK(report.peak_memory <= 64u << 20);
  CHECK(count_of(report, Outcome::filtered) == 999'000);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == multiples(1'000'000, 1000));
  CHECK(sums_up(report));
}

TEST_CASE("a thousand delays at once come out in order") {
  Pipeline pipeline(around(1000,
                           "  - uses: delay\n    with: { for: 1ms..50ms }\n"
                           "    workers: 1000\n"),
                    2);
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(1000));
  CHECK(report_of(report, "delay").calls->p50 >= 0.001);
}

TEST_CASE("one key that waits holds no other") {
  // Its backlog, 1,000 records, is less than half of the region's quota.
  constexpr std::uint64_t kRecords = 10'000;
  constexpr std::uint64_t kSlow = 3;
  Pipeline pipeline(around(kRecords,
                           "  - uses: late.label\n    name: label\n"
                           "  - uses: late.async\n    name: wait\n    workers: 64\n    key: k\n"
                           "    order: key\n"),
                    2);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("k", Value(static_cast<std::int64_t>(number_of(record) % 10)));
  };
  auto& sink = stage_of<ScriptedSink>(pipeline, "out");
  std::mutex mutex;
  Completion slow;
  stage_of<ScriptedAsync>(pipeline, "wait").act = [&](Completion completion) {
    const std::uint64_t number = number_of(completion.record());
    if (number != kSlow) return completion.done();
    const std::lock_guard lock(mutex);
    slow = std::move(completion);
  };
  // Only when all others have been delivered is it answered: else the run hangs.
  sink.act = [&](Record&) {
    if (sink.count.load() + 1 != kRecords / 10 * 9) return;
    const std::lock_guard lock(mutex);
    slow.done();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::vector<std::string>& texts = sink.texts();
  REQUIRE(texts.size() == kRecords);
  for (std::uint64_t key = 0; key < 10; ++key) {
    std::vector<std::string> of_key;
    std::ranges::copy_if(texts, std::back_inserter(of_key),
                         [&](const auto& text) { return number_in(text) % 10 == key; });
    CHECK(of_key.size() == kRecords / 10);
    CHECK(ascending(of_key));
  }
  CHECK(std::ranges::find(texts, std::to_string(kSlow)) == texts.begin() + kRecords / 10 * 9);
}

TEST_CASE("with a rate the n-th record comes after n intervals at the earliest") {
  constexpr double kRate = 100;
  Pipeline pipeline(around(20, "  - uses: late.plain\n    rate: 100/s\n"), 2);
  std::vector<Clock::time_point> seen;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record&) { seen.push_back(Clock::now()); };
  const auto start = Clock::now();
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(seen.size() == 20);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const double after = std::chrono::duration<double>(seen[i] - start).count();
    CHECK(after >= static_cast<double>(i + 1) / kRate);
  }
}

TEST_CASE("no region holds more records than its quota") {
  const int threads = GENERATE(1, 8);
  Pipeline pipeline(around(3000,
                           "  - uses: late.async\n    name: a\n    workers: 20\n"
                           "  - uses: late.async\n    name: b\n    workers: 20\n    order: none\n",
                           "", "limits: { records: 60 }\n"),
                    threads);
  REQUIRE(pipeline.plan().regions.size() == 3);
  Answerer answerer;
  Chance chance(7);
  for (const char* name : {"a", "b"}) {
    stage_of<ScriptedAsync>(pipeline, name).act = [&](Completion completion) {
      auto shared = std::make_shared<Completion>(std::move(completion));
      answerer.after(std::chrono::microseconds(chance.below(500)), [shared] { shared->done(); });
    };
  }
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  for (const char* name : {"a", "b"}) {
    CHECK(report_of(report, name).calls->peak_records <= 20);
    CHECK(report_of(report, name).calls->peak_workers <= 20);
  }
  CHECK(report.peak_records <= 60);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts().size() == 3000);
  CHECK(sums_up(report));
}

TEST_CASE("a region takes as many records as its quota has, however unlike their sizes are") {
  constexpr std::uint64_t kCount = 1000;
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(around(kCount,
                           "  - uses: late.plain\n    name: pad\n"
                           "  - uses: late.async\n    name: call\n    workers: 1000\n",
                           "", "limits: { records: 2000 }\n"),
                    threads);
  REQUIRE(pipeline.plan().regions[compile::RegionId(1)].records == kCount);
  stage_of<Scripted>(pipeline, "pad").act = [](Record& record, Call&) {
    record.set_text(std::string(record.text()) + std::string(number_of(record), '.'));
  };
  // Nobody is answered before all have come.
  Answerer answerer;
  std::mutex mutex;
  std::vector<std::shared_ptr<Completion>> waiting;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::make_shared<Completion>(std::move(completion)));
    if (waiting.size() < kCount) return;
    answerer.after(std::chrono::microseconds(0), [all = std::move(waiting)] {
      for (const auto& one : all) one->done();
    });
  };
  const Report report = run_guarded(pipeline);
  waiting.clear();
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "call").calls->peak_workers == static_cast<int>(kCount));
  CHECK(count_of(report, Outcome::delivered) == kCount);
}

TEST_CASE("survivors that wait do not pin the batches that they came in") {
  // 150 of them come out of some 150 MB, a batch holds 64 KiB or more, and the run has 12 MiB.
  constexpr std::uint64_t kSurvivors = 150;
  const int threads = GENERATE(1, 2);
  Pipeline pipeline(
      "limits: { memory: 12MiB, record: 256KiB }\nstages:\n  - uses: test.sizes\n    with: { "
      "count: 15000, every: 1, big: 10000 }\n"
      "  - uses: late.plain\n    name: keep\n"
      "  - uses: late.async\n    name: wait\n    workers: 1000\n"
      "  - uses: late.sink\n    name: out\n",
      threads);
  stage_of<Scripted>(pipeline, "keep").act = [](Record& record, Call&) {
    if (number_in(record.text().substr(1)) % 100 != 0) return record.drop();
    record.set_text(record.text().substr(0, 8));
  };
  Gathering gathering(kSurvivors);
  stage_of<ScriptedAsync>(pipeline, "wait").act = [&](Completion completion) {
    gathering.add(std::move(completion));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "wait").calls->peak_workers == kSurvivors);
  CHECK(report.bytes_read == 150'000'000);
  CHECK(report.peak_memory <= 12u << 20);
  CHECK(sums_up(report));
}

TEST_CASE("a straggler fills its region's quota and stops the source there") {
  // Everything behind the first record is done and waits; 30 records are the region's quota.
  Pipeline pipeline(around(1000, "  - uses: late.async\n    name: wait\n    workers: 10\n", "",
                           "limits: { records: 60 }\n"),
                    2);
  Completion first;
  std::atomic<std::uint64_t> answered{0};
  std::atomic<bool> full{false};
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "wait").act = [&](Completion completion) {
    if (number_of(completion.record()) == 0) {
      first = std::move(completion);
      return;
    }
    completion.done();
    if (answered.fetch_add(1) + 1 != 29) return;
    answerer.after(std::chrono::microseconds(20'000), [&] {
      full.store(answered.load() == 29);
      first.done();
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(full.load());
  CHECK(report_of(report, "wait").calls->peak_records == 30);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(1000));
}

}  // namespace weir::flow::test
