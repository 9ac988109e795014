// Hedges: a further attempt beside a slow one, the first good answer wins, and not too many.

#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

std::string hedged(std::uint64_t count, const std::string& hedge, const std::string& more = {}) {
  return around(count,
                "  - uses: late.async\n    name: call\n    workers: 1000\n"
                "    idempotent: true\n    hedge: { " +
                    hedge + " }\n" + more);
}

}  // namespace

TEST_CASE("the first good answer wins and the loser is told once") {
  // One record in 40 is slow: so few that each finds a hedge in the budget, which saves up to 10.
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 300;
  constexpr std::uint64_t kSlow = 8;
  Pipeline pipeline(hedged(kCount, "after: 20ms, budget: 100%"), threads);
  Answerer answerer;
  std::atomic<std::uint64_t> cancels{0};
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    const int attempt = completion.call().attempt();
    if (number_of(completion.record()) % 40 == 0 && attempt == 1) {
      return answer_late(std::move(completion), answerer, {}, [&](Record& record, Call&) {
        ++cancels;
        record.set_text("late");
      });
    }
    const std::string text =
        std::string(completion.record().text()) + " by " + std::to_string(attempt);
    completion.done([&](Record& record, Call&) { record.set_text(text); });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK_FALSE(report.hung);
  const std::vector<std::string>& texts = stage_of<ScriptedSink>(pipeline, "out").texts();
  REQUIRE(texts.size() == kCount);
  CHECK(ascending(texts));
  for (std::uint64_t i = 0; i < kCount; i += 40) CHECK(texts[i] == std::to_string(i) + " by 2");
  const CallReport& calls = *report_of(report, "call").calls;
  CHECK(calls.hedges >= kSlow);
  CHECK(calls.hedges_won >= kSlow);
  CHECK(calls.attempts == kCount + calls.hedges);
  CHECK(calls.retries == 0);
  CHECK(cancels.load() == kSlow);
  CHECK(calls.late >= kSlow);
}

TEST_CASE("hedges stay within their budget") {
  constexpr std::uint64_t kCount = 400;
  Pipeline pipeline(hedged(kCount, "after: 100us, extra: 3, budget: 5%"), 2);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(2000), [held] { held->done(); });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const CallReport& calls = *report_of(report, "call").calls;
  CHECK(calls.hedges > 0);
  CHECK(calls.hedges <= kCount / 20 + 1);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(kCount));
}

TEST_CASE("no hedge begins without a permit") {
  Pipeline pipeline(around(200,
                           "  - uses: late.async\n    name: call\n    workers: 4\n"
                           "    idempotent: true\n"
                           "    hedge: { after: 50us, extra: 3, budget: 100% }\n"),
                    2);
  Answerer answerer;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    auto held = std::make_shared<Completion>(std::move(completion));
    if (held->cancelled()) return held->done();
    most.store(std::max(most.load(), running.fetch_add(1) + 1));
    const auto gone = std::make_shared<std::once_flag>();
    const auto leave = [gone, &running] { std::call_once(*gone, [&] { running.fetch_sub(1); }); };
    held->on_cancel(leave);
    answerer.after(microseconds(400), [held, leave] {
      leave();
      held->done();
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "call").calls->peak_workers <= 4);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(200));
}

TEST_CASE("a hedge that finds no permit begins when there is one") {
  // One record in ten is slow, and the stage is always full.
  const int threads = GENERATE(1, 2, 8);
  constexpr std::uint64_t kCount = 400;
  Pipeline pipeline(around(kCount,
                           "  - uses: late.async\n    name: call\n    workers: 4\n"
                           "    idempotent: true\n"
                           "    hedge: { after: 1ms, budget: 100% }\n"),
                    threads);
  Answerer answerer;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    if (completion.call().attempt() > 1) return completion.done();
    const bool slow = number_of(completion.record()) % 10 == 0;
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(slow ? 200'000 : 2000), [held] { held->done(); });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  const CallReport& calls = *report_of(report, "call").calls;
  CHECK(calls.hedges > kCount / 40);
  CHECK(calls.peak_workers <= 4);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(kCount));
}

TEST_CASE("a hedge after a percentile waits until there is one") {
  // The first 20 good answers tell it; one call in ten is slow. The source takes its time, so that
  // there are always permits left.
  constexpr std::uint64_t kCount = 300;
  Pipeline pipeline(
      "stages:\n  - uses: test.numbers\n    with: { count: " + std::to_string(kCount) +
          ", pause_us: 100, blocking: true }\n"
          "  - uses: late.async\n    name: call\n    workers: 600\n"
          "    idempotent: true\n    hedge: { after: p80, budget: 100% }\n"
          "  - uses: late.sink\n    name: out\n",
      2);
  Answerer answerer;
  std::atomic<std::uint64_t> answered{0};
  std::atomic<std::uint64_t> early{0};
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    if (completion.call().attempt() > 1) {
      if (answered.load() < 20) ++early;
      return completion.done();
    }
    const bool slow = number_of(completion.record()) % 10 == 9;
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(slow ? 30'000 : 200), [held, &answered] {
      ++answered;
      held->done();
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(early.load() == 0);
  CHECK(report_of(report, "call").calls->hedges > 0);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(kCount));
}

TEST_CASE("a failed attempt waits for the hedge beside it, a permanent error does not") {
  const bool retryable = GENERATE(true, false);
  Pipeline pipeline(hedged(5, "after: 1ms, budget: 100%", "    on_error: keep\n"), 2);
  Answerer answerer;
  std::vector<std::shared_ptr<Completion>> first(5);
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    const std::uint64_t number = number_of(completion.record());
    auto held = std::make_shared<Completion>(std::move(completion));
    std::shared_ptr<Completion>& other = first[number];
    if (held->call().attempt() == 1) {
      other = held;
      return;
    }
    answerer.after(microseconds(0), [held, other = std::exchange(other, nullptr), retryable] {
      other->fail("lost", "the first attempt", retryable);
      held->done();
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report_of(report, "call").calls->hedges == 5);
  CHECK(errors_of(report, "call", "lost") == (retryable ? 0 : 5));
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(5));
}

TEST_CASE("where answers, hedges and retries come at once a record still ends once") {
  const std::uint64_t count = schedules(3000);
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(hedged(count, "after: 300us, extra: 2, budget: 100%",
                           "    retry: { attempts: 3, backoff: 200us }\n    deadline: 4ms\n"
                           "    on_deadline: keep\n    on_error: keep\n"),
                    threads);
  Answerer answerer;
  Chance chance(static_cast<std::uint64_t>(threads) + 77);
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    const std::uint64_t what = chance.below(4);
    if (what == 0) return completion.fail("busy", "at once");
    if (what == 1) return completion.done_after(microseconds(chance.below(700)));
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer.after(microseconds(chance.below(700)), [held, what] {
      if (what == 2) return held->done();
      held->fail("busy", "later");
    });
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK_FALSE(report.hung);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(count));
  CHECK(sums_up(report));
}

}  // namespace weir::flow::test
