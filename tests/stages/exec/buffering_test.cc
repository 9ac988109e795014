#include "stages/exec/buffering.h"

#include <catch2/catch.hpp>

namespace weir::stages::test {

using exec::why_silent;

TEST_CASE("a program that buffers its output is named, with what keeps it from that") {
  CHECK(why_silent({"sed", "s/a/b/"}) == "'sed' buffers its output when it is no terminal: -u");
  CHECK(why_silent({"/usr/bin/grep", "x"}) ==
        "'grep' buffers its output when it is no terminal: --line-buffered");
  CHECK(why_silent({"/bin/sh", "-c", "while read -r x; do echo $x; done | sed s/a/b/"}) ==
        "'sed' buffers its output when it is no terminal: -u");
  CHECK(why_silent({"no-such-program", "x"}) ==
        "'no-such-program', or what it starts, may buffer its output, as it is no terminal: stdbuf "
        "-oL");
}

TEST_CASE("nothing is said of a program that is told not to buffer") {
  CHECK(why_silent({"sed", "-u", "s/a/b/"}).empty());
  CHECK(why_silent({"stdbuf", "-oL", "sed", "s/a/b/"}).empty());
}

}  // namespace weir::stages::test
