// `queue`: what happens where a stage cannot keep up.

#include <algorithm>
#include <catch2/catch.hpp>

#include "graph/flow/input/shed_order.h"
#include "tests/flow/kit/run_guard.h"
#include "tests/flow/kit/shape_stages.h"
#include "tests/machine/eventually.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

/// Holds the calls of a stage until so many records have been read, or the source is at its end.
std::string queued(const std::string& queue, std::uint64_t count, const std::string& order = {}) {
  return around(count, "  - uses: late.async\n    name: slow\n    workers: 1\n    queue: " + queue +
                           "\n" + order);
}

constexpr std::uint64_t kMany = 5000;

/// Runs it. The first call of `slow` holds the only permit until all `kMany` records were read and
/// no more are left than it and the ten that may wait.
Report run_with_first_held(Pipeline& pipeline) {
  Run& run = pipeline.start();
  const RunGuard guard(run);
  Answerer answerer;
  std::shared_ptr<Completion> first;
  std::function<void()> look = [&] {
    const Progress now = run.progress();
    const bool all_seen = now.read == kMany && now.records_in_flight <= 11;
    if (all_seen || first->cancelled()) return first->done();
    answerer.after(microseconds(300), look);
  };
  stage_of<ScriptedAsync>(pipeline, "slow").act = [&](Completion completion) {
    if (number_of(completion.record()) != 0) return completion.done();
    first = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(300), look);
  };
  return run.run();
}

}  // namespace

TEST_CASE("drop_newest keeps the oldest that wait and sheds what comes later") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(queued("{ records: 10, when_full: drop_newest }", kMany), threads);
  const Report report = run_with_first_held(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(texts_of(pipeline, "out") == numbers(11));
  CHECK(count_of(report, Outcome::shed) == kMany - 11);
  CHECK(count_of(report, Outcome::shed, "slow") == kMany - 11);
  CHECK(report_of(report, "slow").calls->shed == kMany - 11);
  CHECK(sums_up(report));
}

TEST_CASE("drop_oldest keeps the newest, and the places of the others close at once") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(queued("{ records: 10, when_full: drop_oldest }", kMany), threads);
  const Report report = run_with_first_held(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  std::vector<std::string> expected{"0"};
  for (std::uint64_t i = kMany - 10; i < kMany; ++i) expected.push_back(std::to_string(i));
  CHECK(texts_of(pipeline, "out") == expected);
  CHECK(count_of(report, Outcome::shed) == kMany - 11);
  CHECK(sums_up(report));
}

TEST_CASE("drop_random keeps the same origins in each run, those of the highest hash") {
  const int threads = GENERATE(1, 2, 8);
  const std::uint64_t seed = GENERATE(0, 7);
  const bool keyed = GENERATE(false, true);
  const std::string more = keyed ? "    order: key\n    key: k\n" : "";
  Pipeline pipeline(
      around(kMany,
             "  - uses: late.label\n    name: label\n  - uses: late.async\n    name: slow\n"
             "    workers: 1\n    queue: { records: 10, when_full: drop_random, seed: " +
                 std::to_string(seed) + " }\n" + more),
      threads);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> hashes(kMany);
  stage_of<Scripted>(pipeline, "label").act = [&](Record& record, Call&) {
    const std::uint64_t number = number_of(record);
    hashes[number] = {ShedOrder(seed).hash(record.origin()), number};
    record.set("k", Value(static_cast<std::int64_t>(number % 3)));
  };
  const Report report = run_with_first_held(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  std::ranges::sort(hashes.begin() + 1, hashes.end());
  std::vector<std::uint64_t> kept{0};
  for (auto it = hashes.end() - 10; it != hashes.end(); ++it) kept.push_back(it->second);
  std::vector<std::uint64_t> out;
  for (const std::string& text : texts_of(pipeline, "out")) out.push_back(number_in(text));
  std::ranges::sort(kept);
  if (keyed) std::ranges::sort(out);
  CHECK(out == kept);
  CHECK(count_of(report, Outcome::shed, "slow") == kMany - 11);
  CHECK(sums_up(report));
}

TEST_CASE("what has waited longer than max_age is shed when its turn comes, and says so") {
  const int threads = GENERATE(1, 2, 8);
  const std::string when_full = GENERATE(std::string("wait"), std::string("drop_random"));
  const std::string order = GENERATE(std::string(), std::string("    order: none\n"));
  constexpr std::uint64_t kCount = 500;
  Pipeline pipeline(
      queued("{ records: 1000, when_full: " + when_full + ", max_age: 2ms }", kCount, order),
      threads);
  Run& run = pipeline.start();
  const RunGuard guard(run);
  Answerer answerer;
  std::shared_ptr<Completion> first;
  std::function<void()> look = [&] {
    // Those that wait may be shed before their turn, when others come in.
    if (!first->cancelled() && run.progress().read < kCount) {
      return answerer.after(microseconds(300), look);
    }
    answerer.after(microseconds(4000), [&] { first->done(); });
  };
  stage_of<ScriptedAsync>(pipeline, "slow").act = [&](Completion completion) {
    if (number_of(completion.record()) != 0) return completion.done();
    first = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(300), look);
  };
  const Report report = run.run();
  REQUIRE(report.status == RunStatus::ok);
  // A record may come in behind the count of those that were read; the others are too old.
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  CHECK(texts.front() == "0");
  CHECK(count_of(report, Outcome::shed) > 0);
  CHECK(count_of(report, Outcome::shed, "max_age") == count_of(report, Outcome::shed));
  CHECK(report_of(report, "slow").calls->shed == count_of(report, Outcome::shed));
  CHECK(report_of(report, "slow").calls->attempts == texts.size());
  CHECK(texts.size() + count_of(report, Outcome::shed) == kCount);
  CHECK(sums_up(report));
}

TEST_CASE("a plain stage and a sink are not given what has waited too long, and the run ends") {
  const int threads = GENERATE(1, 2, 8);
  const bool at_sink = GENERATE(false, true);
  const std::string merge = GENERATE(std::string(), std::string("arrival"), std::string("input"),
                                     std::string("priority"));
  const std::string queue = "queue: { records: 4000, max_age: 1ms }\n";
  constexpr std::uint64_t kCount = 3000;
  const std::string from = merge.empty() ? "a" : "[a, b]";
  const std::string merged = merge.empty() ? "" : "    merge: " + merge + "\n";
  Pipeline pipeline(numbered_source(kCount) + stage("a", "read", "late.plain") +
                        (merge.empty() ? "" : stage("b", "read", "late.plain")) +
                        (at_sink ? "" : stage("m", from, "late.plain", queue + merged)) +
                        (at_sink ? stage("out", from, "late.sink", queue + merged)
                                 : stage("out", "m", "late.sink")),
                    threads);
  // The first record of each ten takes longer than the others behind it may wait.
  stage_of<ScriptedSink>(pipeline, "out").act = [](Record& record) {
    if (number_of(record) % 300 == 0) std::this_thread::sleep_for(microseconds(3000));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  const std::uint64_t copies = merge.empty() ? 1 : 2;
  CHECK(texts.size() + report_of(report, at_sink ? "out" : "m").calls->shed == copies * kCount);
  CHECK(count_of(report, Outcome::shed, "max_age") == count_of(report, Outcome::shed));
  if (copies == 1) CHECK(ascending(texts));
  CHECK(sums_up(report));
}

TEST_CASE("a record that no queue could hold sheds itself alone") {
  const std::string when_full =
      GENERATE(std::string("drop_newest"), std::string("drop_oldest"), std::string("drop_random"));
  Pipeline pipeline(
      around(40,
             "  - uses: late.label\n    name: label\n  - uses: late.async\n"
             "    name: slow\n    workers: 1\n    queue: { bytes: 64KiB, when_full: " +
                 when_full + " }\n"),
      2);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    if (number_of(record) == 20)
      record.set("big", Value(std::string_view(std::string(100'000, 'x'))));
  };
  Run& run = pipeline.start();
  const RunGuard guard(run);
  stage_of<ScriptedAsync>(pipeline, "slow").act = [&](Completion completion) {
    if (number_of(completion.record()) == 0) eventually([&] { return run.progress().read == 40; });
    completion.done();
  };
  const Report report = run.run();
  REQUIRE(report.status == RunStatus::ok);
  CHECK(count_of(report, Outcome::shed) == 1);
  CHECK(sums_up(report));
}

TEST_CASE("what is done behind a record that is shed goes on") {
  // Every second record fails as it comes in; the others wait for a token and push each other out.
  Pipeline pipeline(around(400,
                           "  - uses: late.label\n    name: label\n  - uses: late.async\n"
                           "    name: slow\n    rate: 50/s\n    cost: price\n"
                           "    on_error: keep\n"
                           "    queue: { records: 2, when_full: drop_oldest }\n"),
                    2);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    if (number_of(record) % 2 == 0) record.set("price", Value(std::int64_t{1}));
  };
  // The last one waits until all that failed are through: else the run hangs.
  auto& sink = stage_of<ScriptedSink>(pipeline, "out");
  Answerer answerer;
  std::function<void(std::shared_ptr<Completion>)> look = [&](std::shared_ptr<Completion> held) {
    if (held->cancelled() || sink.count.load() >= 199) return held->done();
    answerer.after(microseconds(300), [&look, held] { look(held); });
  };
  stage_of<ScriptedAsync>(pipeline, "slow").act = [&](Completion completion) {
    if (number_of(completion.record()) != 398) return completion.done();
    look(std::make_shared<Completion>(std::move(completion)));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report.kept == 200);
  CHECK(count_of(report, Outcome::shed) + sink.texts().size() == 400);
  CHECK(ascending(sink.texts()));
  CHECK(sums_up(report));
}

TEST_CASE("a queue that drops makes nothing above it wait, whatever stands behind it") {
  // Concat takes all of `a` before the first of `b`, and both are copies of what one source read.
  const int threads = GENERATE(1, 2, 8);
  const std::string when_full =
      GENERATE(std::string("drop_newest"), std::string("drop_oldest"), std::string("drop_random"));
  const std::string uses = GENERATE(std::string("late.plain"), std::string("late.async"));
  const bool tiny = GENERATE(false, true);
  constexpr std::uint64_t kCount = 20000;
  const std::string stages =
      numbered_source(kCount) + stage("a", "", "late.plain") +
      stage("b", "read", uses, "queue: { records: 2, when_full: " + when_full + " }") +
      stage("m", "[a, b]", "late.plain", "merge: concat") + stage("out", "", "late.sink");
  Pipeline pipeline(
      tiny ? "limits: { records: 24, memory: 24MiB, record: 64KiB }\n" + stages : stages, threads);
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  REQUIRE(texts.size() >= kCount);
  CHECK(std::vector<std::string>(texts.begin(), texts.begin() + kCount) == numbers(kCount));
  CHECK(ascending({texts.begin() + kCount, texts.end()}));
  CHECK(texts.size() - kCount + report_of(report, "b").calls->shed == kCount);
  CHECK(sums_up(report));
}

TEST_CASE("a queue that waits sheds nothing and is never longer than it says") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(queued("{ records: 7 }", 2000), threads);
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(2000));
  CHECK(count_of(report, Outcome::shed) == 0);
}

TEST_CASE("what is shed anywhere leaves the rest in order, and the sums right") {
  const int threads = GENERATE(1, 2, 8);
  const std::string when_full =
      GENERATE(std::string("drop_newest"), std::string("drop_oldest"), std::string("drop_random"));
  const std::string order = GENERATE(std::string(), std::string("    order: none\n"),
                                     std::string("    order: key\n    key: k\n"));
  const std::string bound = GENERATE(std::string("records: 20"), std::string("bytes: 2KiB"));
  constexpr std::uint64_t kCount = 4000;
  Pipeline pipeline(around(kCount,
                           "  - uses: late.label\n    name: label\n"
                           "  - uses: late.async\n    name: slow\n    workers: 8\n    queue: { " +
                               bound + ", when_full: " + when_full + " }\n" + order),
                    threads);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("k", Value(static_cast<std::int64_t>(number_of(record) % 7)));
  };
  Answerer answerer;
  Chance chance(21);
  stage_of<ScriptedAsync>(pipeline, "slow").act = [&](Completion completion) {
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(chance.below(200)), [held] { held->done(); });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  CHECK(texts.size() == count_of(report, Outcome::delivered));
  CHECK(texts.size() + count_of(report, Outcome::shed) == kCount);
  CHECK(report_of(report, "slow").calls->shed == count_of(report, Outcome::shed));
  CHECK(report_of(report, "slow").calls->attempts == texts.size());
  CHECK(sums_up(report));
  for (std::uint64_t key = 0; key < 7; ++key) {
    std::vector<std::string> of_key;
    std::ranges::copy_if(texts, std::back_inserter(of_key),
                         [&](const auto& text) { return number_in(text) % 7 == key; });
    if (order.find("none") == std::string::npos) CHECK(ascending(of_key));
  }
  if (order.empty()) CHECK(ascending(texts));
}

TEST_CASE("a plain stage and a sink have queues too") {
  const int threads = GENERATE(1, 2, 8);
  const bool at_sink = GENERATE(false, true);
  const std::string when_full = GENERATE(std::string("wait"), std::string("drop_newest"),
                                         std::string("drop_oldest"), std::string("drop_random"));
  const std::string queue = "    queue: { records: 50, when_full: " + when_full + " }\n";
  constexpr std::uint64_t kCount = 5000;
  Pipeline pipeline(
      "stages:\n  - uses: test.numbers\n    with: { count: " + std::to_string(kCount) +
          " }\n  - uses: late.plain\n    name: plain\n" + (at_sink ? "" : queue) +
          "  - uses: late.sink\n    name: out\n" + (at_sink ? queue : ""),
      threads);
  stage_of<ScriptedSink>(pipeline, "out").act = [](Record& record) {
    if (number_of(record) % 500 == 0) std::this_thread::sleep_for(microseconds(300));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  CHECK(ascending(texts));
  CHECK(texts.size() + count_of(report, Outcome::shed) == kCount);
  CHECK(report_of(report, at_sink ? "out" : "plain").calls->shed ==
        count_of(report, Outcome::shed));
  CHECK(report_of(report, at_sink ? "out" : "plain").calls->peak_records <= 50'000);
  if (when_full == "wait") CHECK(texts == numbers(kCount));
  CHECK(sums_up(report));
}

TEST_CASE("a slow consumer with a queue does not hold the source back") {
  // The sink takes its first record only when all have been read.
  constexpr std::uint64_t kCount = 30'000;
  const std::string when_full =
      GENERATE(std::string("drop_newest"), std::string("drop_oldest"), std::string("drop_random"));
  Pipeline pipeline(
      "limits: { records: 2000 }\nstages:\n  - uses: test.numbers\n    with: { count: " +
          std::to_string(kCount) +
          " }\n  - uses: late.sink\n    name: out\n"
          "    queue: { records: 100, when_full: " +
          when_full + " }\n",
      2);
  Run& run = pipeline.start();
  bool all_read = false;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record&) {
    if (!all_read) all_read = eventually([&] { return run.progress().read == kCount; });
  };
  const Report report = run.run();
  REQUIRE(report.status == RunStatus::ok);
  CHECK(all_read);
  CHECK(count_of(report, Outcome::shed) >= kCount - 2000);
  CHECK(ascending(stage_of<ScriptedSink>(pipeline, "out").texts()));
  CHECK(sums_up(report));
}

TEST_CASE("a full queue does not keep an interrupt from ending the run") {
  const std::string when_full = GENERATE(std::string("wait"), std::string("drop_newest"),
                                         std::string("drop_oldest"), std::string("drop_random"));
  Pipeline pipeline(queued("{ records: 10, when_full: " + when_full + " }", 100'000'000), 2);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "slow").act = [&](Completion completion) {
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(500), [held] { held->done(); });
  };
  const Report report =
      interrupted_run(pipeline, [](const Progress& now) { return now.delivered > 5; });
  CHECK(report.status == RunStatus::interrupted);
  CHECK(report.read < 100'000'000);
  CHECK(count_of(report, Outcome::abandoned) == 0);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts().size() ==
        count_of(report, Outcome::delivered));
  CHECK(ascending(stage_of<ScriptedSink>(pipeline, "out").texts()));
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
