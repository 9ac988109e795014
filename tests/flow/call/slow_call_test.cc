// Calls that are slow where all others are fast, or that never return.

#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {

TEST_CASE("a start that never returns is left behind when the drain is over") {
  const std::size_t before = threads_now();
  Latch latch;
  auto pipeline = std::make_unique<Pipeline>(
      around(1'000'000, "  - uses: late.async\n    name: call\n    workers: 4\n", "",
             "limits: { records: 300, drain: 20ms }\n"),
      kManyThreads);
  std::atomic<int> inside{0};
  stage_of<ScriptedAsync>(*pipeline, "call").act = [&](Completion completion) {
    if (number_of(completion.record()) < 20) return completion.done();
    ++inside;
    latch.wait();
    --inside;
  };
  const Report report =
      interrupted_run(*pipeline, [&](const Progress&) { return inside.load() == 1; });
  CHECK(report.status == RunStatus::interrupted);
  CHECK(report.hung);
  CHECK(stage_of<ScriptedSink>(*pipeline, "out").texts() == numbers(20));
  CHECK(sums_up(report));
  const std::size_t now = threads_now();
  latch.open();
  keep_hung(std::move(pipeline), std::max(before, now - 1));
  CHECK(inside.load() == 0);
}

TEST_CASE("a slow call holds neither those that its thread did before it nor those behind it") {
  // Calls that only compute are handed to a thread several at a time. The slow one waits until all
  // others have been delivered, which they can be only if it holds none.
  constexpr std::uint64_t kCount = 5000;
  constexpr std::uint64_t kSlow = 3000;
  const std::string order = GENERATE("none", "key");
  const std::string key = order == "key" ? "    key: number\n" : "";
  const std::string label = order == "key" ? "  - uses: late.label\n    name: label\n" : "";
  Pipeline pipeline(
      around(kCount, label + "  - uses: late.plain\n    name: call\n    workers: 2\n" +
                         "    retry: { attempts: 2 }\n    order: " + order + "\n" + key),
      2);
  if (order == "key") {
    stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
      record.set("number", static_cast<std::int64_t>(number_of(record)));
    };
  }
  auto& sink = stage_of<ScriptedSink>(pipeline, "out");
  stage_of<Scripted>(pipeline, "call").act = [&](Record& record, Call& call) {
    if (number_of(record) != kSlow) return;
    while (sink.count.load() < kCount - 1 && !call.stopping()) std::this_thread::yield();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  REQUIRE(sink.texts().size() == kCount);
  CHECK(number_in(sink.texts().back()) == kSlow);
}

}  // namespace weir::flow::test
