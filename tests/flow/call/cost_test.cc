// `cost`: what a record takes of `workers`.

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

/// Sums up the cost of the calls that run.
class Scale {
 public:
  void call(Completion completion, std::uint64_t cost, microseconds time) {
    const std::uint64_t now = load_.fetch_add(cost) + cost;
    const int running = calls_.fetch_add(1) + 1;
    heaviest_ = std::max(heaviest_, now);
    if (now > cost) ++shared_;
    most_ = std::max(most_, running);
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer_.after(time, [this, held, cost] {
      load_.fetch_sub(cost);
      calls_.fetch_sub(1);
      held->done();
    });
  }
  std::uint64_t heaviest() const { return heaviest_; }
  int most() const { return most_; }
  std::uint64_t shared() const { return shared_; }

 private:
  std::atomic<std::uint64_t> load_{0};
  std::atomic<int> calls_{0};
  // Of the event loop's thread.
  std::uint64_t heaviest_ = 0;
  std::uint64_t shared_ = 0;
  int most_ = 0;
  Answerer answerer_;
};

std::string costly(std::uint64_t count, const std::string& keys) {
  return around(count,
                "  - uses: late.label\n    name: label\n  - uses: late.async\n"
                "    name: call\n" +
                    keys);
}

}  // namespace

TEST_CASE("the calls that run cost no more than there are workers") {
  const int threads = GENERATE(1, 2, 8);
  Pipeline pipeline(costly(2000, "    workers: 10\n    cost: price\n"), threads);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("price", Value(static_cast<std::int64_t>(mix(1, record.text()) % 10 + 1)));
  };
  Scale scale;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    const auto cost = static_cast<std::uint64_t>(completion.record().get("price").as_integer());
    scale.call(std::move(completion), cost, microseconds(50));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(scale.heaviest() <= 10);
  CHECK(scale.shared() > 0);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(2000));
}

TEST_CASE("a fixed cost divides the workers") {
  Pipeline pipeline(costly(300, "    workers: 10\n    cost: 3\n"), 2);
  Scale scale;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    scale.call(std::move(completion), 3, microseconds(200));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(scale.most() == 3);
  CHECK(report_of(report, "call").calls->peak_workers == 3);
}

TEST_CASE("a record dearer than all workers runs alone") {
  Pipeline pipeline(costly(300, "    workers: 4\n    cost: price\n"), 2);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    const bool dear = number_of(record) % 10 == 5;
    record.set("price", Value(std::int64_t{dear ? 1'000'000 : 1}));
  };
  Scale scale;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    // As it is charged.
    const std::uint64_t cost = number_of(completion.record()) % 10 == 5 ? 4 : 1;
    scale.call(std::move(completion), cost, microseconds(100));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(scale.heaviest() == 4);
  CHECK(scale.most() == 4);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(300));
}

TEST_CASE("a cost below the limit of an adaptive stage, but above its present one, still runs") {
  Pipeline pipeline(
      costly(50, "    workers: { min: 1, max: 8, policy: aimd, target: 1us }\n    cost: 8\n"), 2);
  Scale scale;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    scale.call(std::move(completion), 8, microseconds(50));
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(scale.most() == 1);
}

TEST_CASE("a cost that is no whole number from 1 on is an error of its record, not called") {
  Pipeline pipeline(costly(90, "    workers: 4\n    cost: price\n    on_error: keep\n"), 2);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    switch (number_of(record) % 6) {
      case 0:
        return record.set("price", Value(std::string_view("dear")));
      case 1:
        return;  // None.
      case 2:
        return record.set("price", Value(std::nan("")));
      case 3:
        return record.set("price", Value(-5.0));
      case 4:
        return record.set("price", Value(2.5));
      default:
        return record.set("price", Value(2.0));
    }
  };
  std::atomic<int> calls{0};
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    ++calls;
    completion.done();
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(calls.load() == 15);
  CHECK(errors_of(report, "call", "cost") == 75);
  CHECK(report.kept == 75);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(90));
}

}  // namespace weir::flow::test
