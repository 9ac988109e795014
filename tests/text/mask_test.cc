#include "graph/text/mask.h"

#include <catch2/catch.hpp>
#include <string>

using weir::text::Mask;
using weir::text::mask_pieces;

TEST_CASE("a mask shows something else in place of a secret, wherever it stands") {
  Mask mask;
  mask.add("hunter2", "${env.PW}");
  mask.add("hunter2-longer", "${file.pw}");
  CHECK(mask("a hunter2, hunter2") == "a ${env.PW}, ${env.PW}");
  CHECK(mask("'hunter2-longer'") == "'${file.pw}'");
  CHECK(mask("nothing") == "nothing");
  CHECK(mask("") == "");
}

TEST_CASE("a mask finds a secret that was cut off") {
  Mask mask;
  mask.add("0123456789", "***");
  CHECK(mask("got '01234...'") == "got '***...'");
  CHECK(mask("got '012...'") == "got '012...'");
  CHECK(mask("... 0123456789...") == "... ***...");
}

TEST_CASE("what is too short for a secret is left alone") {
  Mask mask;
  mask.add("eu", "***");
  mask.add("", "***");
  CHECK(mask("europe") == "europe");
}

TEST_CASE("of a message that was made from a secret no piece is left") {
  CHECK(mask_pieces("missing ): (hunter2", "x(hunter2y", "***") == "missing ): ***");
  CHECK(mask_pieces("unter and hunt", "hunter2", "***") == "*** and ***");
  CHECK(mask_pieces("hun", "hunter2", "***") == "hun");
}
