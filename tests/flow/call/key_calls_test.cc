// Calls by key: one after the other within each.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "tests/flow/kit/keyed_records.h"
#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

/// What a called stage saw of its calls: which of a key ran at the same time, and in which order
/// they began.
class Calls {
 public:
  void begin(const Record& record) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t number = number_of(record);
    Key& key = keys_[key_in(record)];
    if (key.running++ > 0) ++overlaps_;
    if (key.begun && number < key.last) ++reversed_;
    key.begun = true;
    key.last = number;
    most_ = std::max(most_, ++running_);
  }
  void end(const Record& record) {
    const std::lock_guard lock(mutex_);
    --keys_[key_in(record)].running;
    --running_;
  }
  std::uint64_t overlaps() const { return overlaps_; }
  std::uint64_t reversed() const { return reversed_; }
  int most() const { return most_; }

 private:
  struct Key {
    int running = 0;
    bool begun = false;
    std::uint64_t last = 0;
  };
  static std::string key_in(const Record& record) { return std::string(record.get("k").as_text()); }

  std::mutex mutex_;
  std::map<std::string, Key> keys_;
  int running_ = 0;
  int most_ = 0;
  std::uint64_t overlaps_ = 0;
  std::uint64_t reversed_ = 0;
};

/// Stage `ask`, called by key; `keys`: what else it says.
std::string asked(std::uint64_t count, const std::string& uses, const std::string& keys,
                  const std::string& above = {}) {
  return around(count,
                "  - uses: late.label\n    name: label\n  - uses: " + uses +
                    "\n    name: ask\n    key: k\n" + keys,
                "", above);
}

}  // namespace

TEST_CASE("calls of one key come one after the other, whatever the order") {
  const int threads = GENERATE(1, 2, 8);
  const std::string order = GENERATE(std::string("input"), std::string("key"), std::string("none"));
  const bool async = GENERATE(true, false);
  const bool tiny = GENERATE(false, true);
  constexpr std::uint64_t kCount = 1000;
  Pipeline pipeline(
      asked(kCount, async ? "late.async" : "late.block",
            "    workers: 8\n    order: " + order + "\n    retry: { attempts: 3, backoff: 20us }\n",
            tiny ? "limits: { records: 40, memory: 12MiB, record: 64KiB }\n" : ""),
      threads);
  label(pipeline, 12);
  Calls calls;
  Answerer answerer;
  Chance chance(5);
  const auto settle = [&](Record& record, const Call& call) {
    calls.end(record);
    if (call.attempt() < 3 && mix(9, record.text()) % 4 == 0) record.fail("flaky", "not yet");
  };
  stage_of<ScriptedAsync>(pipeline, "ask", async).act = [&](Completion completion) {
    calls.begin(completion.record());
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(chance.below(150)),
                   [held, &settle] { held->done([&](Record& r, Call& c) { settle(r, c); }); });
  };
  stage_of<Scripted>(pipeline, "ask", !async).act = [&](Record& record, Call& call) {
    calls.begin(record);
    std::this_thread::sleep_for(microseconds(chance.below(100)));
    settle(record, call);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(calls.overlaps() == 0);
  CHECK(calls.reversed() == 0);
  CHECK(calls.most() > 1);
  CHECK(report_of(report, "ask").calls->retries > 0);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  CHECK(texts.size() == kCount);
  if (order == "input") CHECK(texts == numbers(kCount));
  CHECK(sums_up(report));
}

TEST_CASE("the next call of a key waits for one that timed out until that has ended") {
  const int threads = GENERATE(1, 2, 8);
  const std::string order = GENERATE(std::string("input"), std::string("key"), std::string("none"));
  const bool async = GENERATE(true, false);
  const std::string retry =
      GENERATE(std::string(), std::string("    retry: { attempts: 2, backoff: 1ms }\n"));
  constexpr std::uint64_t kCount = 120;
  Pipeline pipeline(asked(kCount, async ? "late.async" : "late.block",
                          "    workers: 4\n    timeout: 2ms\n    on_error: skip\n    order: " +
                              order + "\n" + retry),
                    threads);
  label(pipeline, 7);
  Calls calls;
  Answerer answerer;
  const auto is_late = [](const Record& record) { return mix(3, record.text()) % 10 == 0; };
  stage_of<ScriptedAsync>(pipeline, "ask", async).act = [&](Completion completion) {
    calls.begin(completion.record());
    if (is_late(completion.record())) {
      return answer_late(std::move(completion), answerer, microseconds(3000),
                         [&](Record& record, Call&) { calls.end(record); });
    }
    calls.end(completion.record());
    completion.done();
  };
  stage_of<Scripted>(pipeline, "ask", !async).act = [&](Record& record, Call& call) {
    calls.begin(record);
    while (is_late(record) && !call.stopping()) std::this_thread::yield();
    if (is_late(record)) std::this_thread::sleep_for(microseconds(2000));
    calls.end(record);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(status_of(report) == "ok");
  CHECK(calls.overlaps() == 0);
  CHECK(calls.reversed() == 0);
  CHECK(errors_of(report, "ask", "timeout") > 0);
  CHECK(report_of(report, "ask").calls->late > 0);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts().size() ==
        count_of(report, Outcome::delivered));
  CHECK(sums_up(report));
}

TEST_CASE("calls of one key come one after the other through all rounds of a loop") {
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 300;
  Pipeline pipeline(numbered_source(kCount) + stage("label", "", "late.label") +
                        stage("ask", "[label, tail.back]", "late.async",
                              "loop: { max: 3 }\n    key: k\n    workers: 8\n    order: none") +
                        stage("tail", "ask", "shape.fork") + stage("out", "tail", "late.sink"),
                    threads);
  label(pipeline, 6);
  Calls calls;
  Answerer answerer;
  Chance chance(6);
  stage_of<ScriptedAsync>(pipeline, "ask").act = [&](Completion completion) {
    calls.begin(completion.record());
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(chance.below(150)), [held, &calls] {
      held->done([&](Record& record, Call&) {
        calls.end(record);
        record.set_text(std::string(record.text()) + "~");
      });
    });
  };
  stage_of<Scripted>(pipeline, "tail").act = [](Record& record, Call& call) {
    const auto rounds = static_cast<std::uint64_t>(std::ranges::count(record.text(), '~'));
    if (rounds < 1 + number_of(record) % 4) call.send(record, 1);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(status_of(report) == "ok");
  CHECK(calls.overlaps() == 0);
  CHECK(calls.most() > 1);
  CHECK(count_of(report, Outcome::delivered) == kCount);
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
