#include "runtime/report/report_printer.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/machine/checkout.h"

namespace weir::cli::test {
namespace {

ReportStyle style() {
  ReportStyle style;
  style.pipeline = "access-errors";
  style.memory = 256u << 20;
  style.sources = {"read"};
  style.sinks = {"write"};
  return style;
}

flow::Report good_report() {
  flow::Report report;
  report.read = 1'000'000;
  report.bytes_read = 250'000'000;
  report.outcomes[static_cast<std::size_t>(flow::Outcome::delivered)] = 120'341;
  report.outcomes[static_cast<std::size_t>(flow::Outcome::filtered)] = 879'656;
  report.outcomes[static_cast<std::size_t>(flow::Outcome::skipped)] = 3;
  report.reasons[static_cast<std::size_t>(flow::Outcome::delivered)] = {{"write", 120'341}};
  report.reasons[static_cast<std::size_t>(flow::Outcome::filtered)] = {{"errors", 879'656}};
  report.reasons[static_cast<std::size_t>(flow::Outcome::skipped)] = {{"parse", 3}};
  report.delivered = 120'342;
  report.made = 1;
  report.peak_records = 4096;
  report.peak_memory = 13'000'000;
  report.seconds = 0.5;
  report.threads = 2;
  report.stages = {{"read", "file.read", 0, 1'000'000, {}, {}, 0.1},
                   {"parse", "json.parse", 1'000'000, 999'997, {{"json", 3}}, {}, 0.5},
                   {"filter", "filter", 999'997, 120'341, {}, {{"seen", 7}}, 0.2},
                   {"write", "file.write", 120'342, 120'342, {}, {}, 0}};
  return report;
}

TEST_CASE("a good run's report is aligned and says every outcome with its reason") {
  CHECK(report_text(good_report(), style()) ==
        R"(access-errors: ok in 500 ms on 2 threads
  read       1,000,000  2.00 M records/s, 500 MB/s
  delivered    120,341  120,342 records written, 1 made by stages
  filtered     879,656  errors 879,656
  skipped            3  parse 3
  peak           4,096  in flight, 12.4 MiB of 256 MiB

  stage   type               in        out    busy        errors
  read    file.read              1,000,000  100 ms  10 %
  parse   json.parse  1,000,000    999,997  500 ms  50 %  json 3
  filter                999,997    120,341  200 ms  20 %  seen 7
  write   file.write    120,342    120,342     0 s   0 %
)");
}

flow::ErrorSample sample(const std::string& part, std::uint64_t position) {
  return {"parse", "json", "unexpected end", {0, 0, position}, part, "{\"a\":\t1"};
}

TEST_CASE("a sample shows the line of its file, or at least the byte") {
  const std::string path = build_dir() + "/tests/report_sample.ndjson";
  std::ofstream(path) << "one\ntwo\nthree\n";
  flow::Report report;
  report.stages = {{"parse", "json.parse", 3, 1, {{"json", 5}}, {}, 0}};
  report.samples = {sample(path, 8), sample("gone.ndjson", 1234), sample("", 41)};
  const std::string text = report_text(report, style());
  CHECK_THAT(text, Catch::Contains("first 3 of 5 errors; --errors FILE writes all\n"));
  CHECK_THAT(text, Catch::Contains("  parse: json: unexpected end\n    " + path +
                                   ":3 (byte 8)\n    {\"a\":\\t1\n"));
  CHECK_THAT(text, Catch::Contains("    gone.ndjson, byte 1,234\n"));
  CHECK_THAT(text, Catch::Contains("    record 42\n"));
}

TEST_CASE("a merge shows its inputs under its row, the passes of a loop as one") {
  flow::Report report = good_report();
  using State = flow::InputReport::State;
  report.stages[2].inputs = {{"parse", 999'000, State::ended, 0, {}},
                             {"other", 997, State::idle, 2, {}},
                             {"parse", 990, State::live, 0, {}}};
  const std::string text = report_text(report, style());
  CHECK_THAT(text,
             Catch::Contains("\n  filter                      999,997    120,341  200 ms  20 "
                             "%  seen 7\n"
                             "    from parse  live          999,990\n"
                             "    from other  idle              997                           "
                             "silent 2 times, not waited for\n"
                             "  write "));
}

TEST_CASE("a race shows how often each of its inputs was first") {
  flow::Report report = good_report();
  using State = flow::InputReport::State;
  report.stages[2].inputs = {{"slow", 1200, State::ended, 0, 1},
                             {"quick", 120'000, State::ended, 0, 119'999}};
  const std::string text = report_text(report, style());
  CHECK_THAT(text, Catch::Contains("first 1 time\n"));
  CHECK_THAT(text, Catch::Contains("first 119,999 times\n"));
}

TEST_CASE("only sources show no records that entered, wherever they stand") {
  flow::Report report = good_report();
  report.stages.insert(report.stages.begin() + 2, {"more", "file.read", 0, 7, {}, {}, 0});
  ReportStyle two = style();
  two.sources.push_back("more");
  CHECK_THAT(report_text(report, two),
             Catch::Contains("  more    file.read                      7"));
  report.stages[2].type = "filter";
  CHECK_THAT(report_text(report, style()), Catch::Contains("  more    filter              0"));
}

TEST_CASE("a failed run says where and why, what it left, and how to go on") {
  flow::Report report;
  report.status = flow::RunStatus::failed;
  report.read = 1000;
  report.failure = sample("gone.ndjson", 7);
  report.stages = {{"read", "file.read", 0, 1000, {}, {}, 0},
                   {"parse", "json.parse", 1000, 997, {{"json", 3}}, {}, 0},
                   {"write", "file.write", 997, 997, {}, {}, 0}};
  report.leftover = "out.csv.partial";
  const std::string wanted =
      "failed at 'parse': json: unexpected end\n"
      "  gone.ndjson, byte 7\n"
      "  {\"a\":\\t1\n"
      "  the unfinished output is out.csv.partial\n";
  CHECK_THAT(report_text(report, style()),
             Catch::Contains("\n" + wanted +
                             "  3 of 1,000 failed at 'parse'; to go on past them, rerun with "
                             "'on_error: skip' on that stage\n"));
  CHECK(failure_text(report, style()) == wanted);
}

TEST_CASE("a sink that failed is no matter of on_error") {
  flow::Report report;
  report.status = flow::RunStatus::failed;
  report.failure = {"write", "io", "no space left", {}, "", ""};
  report.stages = {{"read", "file.read", 0, 9, {}, {}, 0},
                   {"write", "file.write", 9, 3, {{"io", 1}}, {}, 0}};
  CHECK_THAT(report_text(report, style()), !Catch::Contains("on_error"));
}

TEST_CASE("a run without a failure has nothing to say when quiet") {
  CHECK(failure_text(good_report(), style()).empty());
}

TEST_CASE("an interrupted run names the signal") {
  flow::Report report;
  report.status = flow::RunStatus::interrupted;
  report.signal = 15;
  CHECK_THAT(report_text(report, style()), Catch::Contains("interrupted by SIGTERM\n"));
}

TEST_CASE("counters that are 0 are no news") {
  flow::Report report = good_report();
  report.stages[2].counters["restarts"] = 0;
  CHECK(report_text(report, style()) == report_text(good_report(), style()));
}

TEST_CASE("calls have a table of their own, and no share of the threads' time") {
  flow::Report report = good_report();
  report.stages[1].calls.emplace();
  report.stages[1].calls->workers = 8;
  report.stages[1].calls->attempts = 1'000'001;
  const std::string text = report_text(report, style());
  CHECK_THAT(text,
             Catch::Contains("  parse   json.parse  1,000,000    999,997  500 ms        json"));
  CHECK_THAT(text, Catch::Contains("\n\n  calls  workers   attempts\n"
                                   "  parse        8  1,000,001\n"));
}

TEST_CASE("the longest hold is shown where it was a good part of the run") {
  flow::Report report = good_report();
  report.longest_hold = {"fetch", {0, 0, 41}, "", flow::Doing::running, 2, 0.3};
  const std::string line =
      "\n\n  longest hold: record 42 held all others for 300 ms in 'fetch', attempt 2\n";
  CHECK_THAT(report_text(report, style()), Catch::Contains(line));
  report.seconds = 60;
  CHECK_THAT(report_text(report, style()), !Catch::Contains("longest hold"));
}

TEST_CASE("a shutdown that gave up says what it was waiting for, also when quiet") {
  flow::Report report;
  report.status = flow::RunStatus::interrupted;
  report.signal = 15;
  report.held_the_end = {"exec", {0, 0, 6}, "", flow::Doing::running, 1, 12};
  const std::string line = "  gave up waiting: record 7 held all others for 12.0 s in 'exec'\n";
  CHECK_THAT(report_text(report, style()), Catch::Contains(line));
  CHECK(failure_text(report, style()) == "interrupted by SIGTERM\n" + line);
}

TEST_CASE("a call that never came back is said once") {
  flow::Report report = good_report();
  report.hung = true;
  CHECK_THAT(report_text(report, style()),
             Catch::EndsWith("  a call never came back: its thread was left behind\n"));
  report.stages[1].calls.emplace();
  report.stages[1].calls->written_off = 1;
  const std::string text = report_text(report, style());
  CHECK_THAT(text, Catch::Contains("  1 call of 'parse' never came back\n"));
  CHECK_THAT(text, !Catch::Contains("left behind"));
}

TEST_CASE("nothing delivered of something read is a warning that says where it went") {
  flow::Report report;
  report.read = 10;
  report.reasons[static_cast<std::size_t>(flow::Outcome::filtered)] = {{"errors", 8}, {"take", 2}};
  CHECK_THAT(report_text(report, style()),
             Catch::EndsWith("warning: nothing was delivered: 8 ended as filtered at 'errors'\n"));
  report.read = 0;
  CHECK_THAT(report_text(report, style()), !Catch::Contains("warning"));
}

TEST_CASE("a report holds no escape unless it has colours") {
  CHECK(report_text(good_report(), style()).find('\x1b') == std::string::npos);
  ReportStyle colourful = style();
  colourful.colours = true;
  CHECK(report_text(good_report(), colourful).find("\x1b[32mok\x1b[0m") != std::string::npos);
}

}  // namespace
}  // namespace weir::cli::test
