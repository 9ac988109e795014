#include "graph/text/edit_distance.h"

#include <catch2/catch.hpp>

using weir::text::edit_distance;
using weir::text::nearest;

TEST_CASE("each of the four edits counts one") {
  CHECK(edit_distance("filter", "filter", 3) == 0);
  CHECK(edit_distance("filtr", "filter", 3) == 1);
  CHECK(edit_distance("filtter", "filter", 3) == 1);
  CHECK(edit_distance("fulter", "filter", 3) == 1);
  CHECK(edit_distance("fitler", "filter", 3) == 1);
  CHECK(edit_distance("", "abc", 3) == 3);
  CHECK(edit_distance("kitten", "sitting", 3) == 3);
}

TEST_CASE("a distance over the limit is the limit and one") {
  CHECK(edit_distance("a", "abcdefgh", 3) == 4);
  CHECK(edit_distance("kitten", "sitting", 2) == 3);
  CHECK(edit_distance("abcd", "wxyz", 3) == 4);
}

TEST_CASE("the nearest candidate is found") {
  const std::vector<std::string> types = {"json.parse", "csv.parse", "filter", "take"};
  REQUIRE(nearest("filtr", types));
  CHECK(*nearest("filtr", types) == "filter");
  CHECK(*nearest("jsn.pars", types) == "json.parse");
  CHECK(*nearest("tkae", types) == "take");
  CHECK(nearest("sort", types) == nullptr);
  CHECK(nearest("", types) == nullptr);
  CHECK(nearest("filter", {}) == nullptr);
}

TEST_CASE("a short word is near only to words almost like it") {
  CHECK(nearest("b", {"a"}) == nullptr);
  CHECK(nearest("key", {"max"}) == nullptr);
  CHECK(nearest("kez", {"key"}) != nullptr);
}

TEST_CASE("of several as near the first one is taken, and a nearer one is preferred") {
  CHECK(*nearest("worker", {"workers", "worked"}) == "workers");
  CHECK(*nearest("columns", {"column", "columns"}) == "columns");
}

TEST_CASE("a very long word costs nothing and is near to nothing") {
  CHECK(nearest(std::string(1'000'000, 'x'), {"filter", "take"}) == nullptr);
}
