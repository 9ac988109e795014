#include "runtime/report/place.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/machine/checkout.h"

namespace weir::cli::test {
namespace {

TEST_CASE("what held all others is named with its line, attempt and what it did") {
  const std::string path = build_dir() + "/tests/place_sample.txt";
  std::ofstream(path) << "one\ntwo\nthree\n";
  flow::HeadOfLine head{"fetch", {0, 0, 4}, path, flow::Doing::running, 1, 3.2};
  CHECK(hold_text(head) == path + ":2 (byte 4) held all others for 3.20 s in 'fetch'");
  head.attempt = 2;
  head.doing = flow::Doing::backoff;
  CHECK(hold_text(head) == path +
                               ":2 (byte 4) held all others for 3.20 s in 'fetch', attempt 2, "
                               "waiting to be retried");
  CHECK(live_hold_text(head) ==
        "'fetch' holds for 3.20 s at " + path + ", byte 4, attempt 2, waiting to be retried");
}

TEST_CASE("a record of a source without names is named by its number") {
  CHECK(place("", 41) == "record 42");
  CHECK(live_hold_text({"fetch", {0, 0, 1233}, "", flow::Doing::rated, 1, 2}) ==
        "'fetch' holds for 2.00 s at record 1,234, waiting for its rate");
}

}  // namespace
}  // namespace weir::cli::test
