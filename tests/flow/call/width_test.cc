#include <catch2/catch.hpp>
#include <utility>

#include "tests/flow/kit/late_stages.h"
#include "tests/flow/kit/run_guard.h"
#include "tests/machine/eventually.h"

namespace weir::flow::test {
namespace {

/// Answers calls when sixteen of them are there, a hundred calls or more so; then none until it is
/// opened, and from then on each at once.
class Sixteens {
 public:
  void take(Completion completion) {
    std::vector<Completion> ready;
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(std::move(completion));
      if (!open_ && (calls_.size() < 16 || answered_ > 100)) return;
      answered_ += calls_.size();
      ready.swap(calls_);
    }
    for (Completion& call : ready) call.done();
  }
  void open() {
    std::vector<Completion> ready;
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
      ready.swap(calls_);
    }
    for (Completion& call : ready) call.done();
  }

 private:
  std::mutex mutex_;
  std::vector<Completion> calls_;
  std::size_t answered_ = 0;
  bool open_ = false;
};

}  // namespace

TEST_CASE("the width of a stage can be changed while it runs") {
  Pipeline pipeline(around(400, "  - uses: late.async\n    name: call\n    workers: 1\n"));
  Sixteens service;
  stage_of<ScriptedAsync>(pipeline, "call").act = [&](Completion completion) {
    service.take(std::move(completion));
  };
  Run& run = pipeline.start();
  const RunGuard guard(run);
  CHECK_FALSE(run.set_workers("call", 8, 8));  // It has not begun.
  Report report;
  std::thread runner([&] { report = run.run(); });
  CHECK(eventually([&] { return run.set_workers("call", 16, 16); }));
  CHECK_FALSE(run.set_workers("out", 2, 2));
  CHECK(eventually([&] { return run.progress().delivered > 100; }));
  CHECK(run.set_workers("call", 3, 3));
  service.open();
  runner.join();
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report.delivered == 400);
  CHECK(report_of(report, "call").calls->peak_workers == 16);
  CHECK(report_of(report, "call").calls->workers == 3);
  CHECK(stage_of<ScriptedSink>(pipeline, "out").texts() == numbers(400));
}

}  // namespace weir::flow::test
