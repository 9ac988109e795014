#include <catch2/catch.hpp>
#include <thread>

#include "tests/flow/pipeline.h"

using namespace weir;
using namespace weir::test;

TEST_CASE("the width of a stage can be changed while it runs") {
  Pipeline pipeline(R"(
stages:
  - uses: generate
    with: { count: 400, format: text, text: "{n}" }
  - uses: delay
    with: { for: 5ms }
    workers: 1
  - uses: test.collect
)");
  Run& run = pipeline.start();
  CHECK_FALSE(run.set_workers("delay", 8, 8));  // It has not begun.
  Report report;
  std::thread runner([&] { report = run.run(); });
  while (!run.set_workers("delay", 16, 16)) std::this_thread::yield();
  CHECK_FALSE(run.set_workers("collect", 2, 2));
  while (run.progress().delivered < 100) std::this_thread::yield();
  CHECK(run.set_workers("delay", 3, 3));
  runner.join();
  REQUIRE(report.status == RunStatus::ok);
  CHECK(report.delivered == 400);
  CHECK(report.stages[1].calls->peak_workers == 16);
  CHECK(report.stages[1].calls->workers == 3);
  for (std::size_t i = 0; i < 400; ++i) CHECK(pipeline.texts()[i] == std::to_string(i));
}
