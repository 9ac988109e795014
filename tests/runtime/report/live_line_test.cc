#include "runtime/report/live_line.h"

#include <catch2/catch.hpp>
#include <csignal>

namespace weir::cli::test {
namespace {

TEST_CASE("the live line shows the share of the input where its size is known") {
  flow::Progress progress;
  progress.read = 1'200'000;
  progress.bytes_read = 300'000'000;
  progress.delivered = 1'100'000;
  progress.records_in_flight = 4096;
  progress.memory = 13'000'000;
  CHECK(live_text(progress, 2) ==
        "read 1,200,000, written 1,100,000  600 k/s  150 MB/s  in flight 4,096 (12.4 MiB)");
  progress.size = 1u << 30;
  progress.consumed = 1u << 29;
  CHECK(live_text(progress, 2) ==
        "read 1,200,000, written 1,100,000  600 k/s  150 MB/s  50 % of 1 GiB  in flight "
        "4,096 (12.4 MiB)");
}

TEST_CASE("the live line names a record that has held all others for over a second") {
  flow::Progress progress;
  progress.read = 7;
  progress.head = {"fetch", {0, 0, 6}, "", flow::Doing::running, 2, 0.9};
  CHECK(live_text(progress, 2) == "read 7, written 0  3.50/s  in flight 0 (0 B)");
  progress.head.seconds = 3.2;
  CHECK(live_text(progress, 2) ==
        "read 7, written 0  3.50/s  in flight 0 (0 B)  'fetch' holds for 3.20 s at record "
        "7, attempt 2");
}

TEST_CASE("the live line shows a part without what steers a terminal, and without secrets") {
  flow::Progress progress;
  progress.head = {"fetch", {0, 0, 6}, "a\x1b[31m-hunter2", flow::Doing::running, 1, 3.2};
  text::Mask mask;
  mask.add("hunter2", "${env.PW}");
  CHECK(live_text(progress, 2, mask).ends_with("at a\\x1b[31m-${env.PW}, byte 6"));
}

TEST_CASE("a signal is answered at once with what is still to be done and what the next one does") {
  flow::Progress progress;
  CHECK(signal_text(SIGTERM, 1, progress, std::chrono::seconds(20)) ==
        "SIGTERM: nothing more is read");
  progress.records_in_flight = 4096;
  CHECK(signal_text(SIGINT, 1, progress, std::chrono::seconds(20)) ==
        "SIGINT: nothing more is read, 4,096 records in flight may take 20s more; again gives them "
        "up");
  CHECK(signal_text(SIGINT, 2, progress, std::chrono::seconds(20)) ==
        "SIGINT: what is in flight is given up; once more ends weir at once");
}

}  // namespace
}  // namespace weir::cli::test
