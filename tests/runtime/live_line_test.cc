#include "runtime/live_line.h"

#include <catch2/catch.hpp>

namespace weir {
namespace {

TEST_CASE("the live line shows the share of the input where its size is known") {
  Progress progress;
  progress.read = 1'200'000;
  progress.bytes_read = 300'000'000;
  progress.records_in_flight = 4096;
  progress.memory = 13'000'000;
  CHECK(live_text(progress, 2) ==
        "1,200,000 records  600 k/s  150 MB/s  in flight 4,096 (12.4 MiB)");
  progress.size = 1u << 30;
  progress.consumed = 1u << 29;
  CHECK(live_text(progress, 2) ==
        "1,200,000 records  600 k/s  150 MB/s  50 % of 1 GiB  in flight 4,096 (12.4 MiB)");
}

TEST_CASE("the live line names a record that has held all others for over a second") {
  Progress progress;
  progress.read = 7;
  progress.head = {"fetch", {0, 0, 6}, "", Doing::running, 2, 0.9};
  CHECK(live_text(progress, 2) == "7 records  3.50/s  in flight 0 (0 B)");
  progress.head.seconds = 3.2;
  CHECK(live_text(progress, 2) ==
        "7 records  3.50/s  in flight 0 (0 B)  'fetch' holds for 3.20 s at record 7, attempt 2");
}

}  // namespace
}  // namespace weir
