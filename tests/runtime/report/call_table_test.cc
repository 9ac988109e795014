#include "runtime/report/call_table.h"

#include <catch2/catch.hpp>

namespace weir::cli::test {
namespace {

flow::StageReport called(const std::string& name, const flow::CallReport& calls) {
  flow::StageReport stage;
  stage.name = name;
  stage.in = 100;
  stage.calls = calls;
  return stage;
}

flow::CallReport calls_of(std::uint64_t attempts, int workers) {
  flow::CallReport calls;
  calls.attempts = attempts;
  calls.workers = calls.peak_workers = workers;
  return calls;
}

flow::Report report_of(std::vector<flow::StageReport> stages) {
  flow::Report report;
  report.seconds = 10;
  report.stages = std::move(stages);
  return report;
}

TEST_CASE("the table of calls has the columns that hold something in some row") {
  flow::CallReport slow = calls_of(1234, 8);
  slow.retries = 34;
  slow.p50 = 0.0123;
  slow.p99 = 0.2;
  flow::StageReport plain;
  plain.name = "parse";
  const flow::Report report =
      report_of({plain, called("fetch", slow), called("exec", calls_of(100, 2)),
                 called("letters", flow::CallReport())});
  CHECK(call_table(report, false, 100) ==
        "  calls  workers  at once  attempts  retries      p50     p99\n"
        "  fetch        8        8     1,234       34  12.3 ms  200 ms\n"
        "  exec         2        2       100\n");
}

TEST_CASE("a run without called stages has no such table and no advice") {
  const flow::Report report = report_of({flow::StageReport()});
  CHECK(call_table(report, false, 100).empty());
  CHECK(call_advice(report).empty());
}

TEST_CASE("many records that ran out of time are pointed out, a few are not") {
  flow::StageReport stage = called("fetch", calls_of(100, 8));
  stage.errors = {{"deadline", 9}, {"timeout", 9}};
  CHECK(call_advice(report_of({stage})).empty());
  stage.errors = {{"deadline", 10}, {"timeout", 50}};
  stage.calls->p99 = 0.2;
  CHECK(call_advice(report_of({stage})) ==
        "  10 of 100 records of 'fetch' passed their deadline; its good calls take up to 200 ms\n"
        "  50 of 100 records of 'fetch' timed out; its good calls take up to 200 ms\n");
}

TEST_CASE("workers that were busy all the time bound the run") {
  flow::StageReport stage = called("exec", calls_of(100, 8));
  stage.busy_seconds = 71;
  CHECK(call_advice(report_of({stage})).empty());
  stage.busy_seconds = 79;
  CHECK(call_advice(report_of({stage})) == "  bound by the 8 workers of 'exec'\n");
  stage.calls->workers = 16;  // The limit grew at the end only.
  CHECK(call_advice(report_of({stage})).empty());
}

TEST_CASE("calls that never came back are counted, and said only where there are any") {
  flow::StageReport stage = called("exec", calls_of(100, 8));
  stage.calls->written_off = 2;
  flow::Report report = report_of({stage});
  CHECK(call_advice(report).empty());
  report.hung = true;
  CHECK(call_advice(report) == "  2 calls of 'exec' never came back\n");
  report.stages[0].calls->late = 1;
  CHECK(call_advice(report) == "  of 2 calls of 'exec' that were given up not all came back\n");
}

}  // namespace
}  // namespace weir::cli::test
