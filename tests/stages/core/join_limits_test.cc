#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/stages/core/join_fixture.h"

namespace weir::stages::core {

TEST_CASE("a record that finds no room is an error, until others went") {
  kit::StageKit stage = join(timed("1s"));
  stage.open();
  stage.feed({left("a", "1", "100")});
  const std::uint64_t one = stage.state_used();
  CHECK(one > 200);
  stage.finish();
  stage.set_state_limit(2 * one);
  CHECK(shown(stage.transform_at_every_cut(
            {left("a", "1", "100"), left("b", "2", "100"), right("x", "1", "100"),
             right("y", "2", "101.5"), right("z", "2", "102"), right("w", "2", "101.6"),
             left("c", "2", "103")})) == Shown{"state_full", "state_full", "cz"});
}

TEST_CASE("what leaves in a call makes room for the record that came") {
  kit::StageKit stage = join(timed("1s", "outer"));
  stage.open();
  stage.feed({left("a", "1", "100")});
  const std::uint64_t one = stage.state_used();
  stage.finish();
  stage.set_state_limit(one);
  CHECK(shown(stage.transform_at_every_cut({left("a", "1", "100"), left("b", "2", "102"),
                                            right("x", "2", "104")})) == Shown{"a", "b", "x"});
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a record of more pairs than one record may become is an error and nothing else") {
  std::vector<Datum> input;
  for (int i = 0; i < 100; ++i) input.push_back(left("a", "1", "100"));
  input.push_back(right("x", "1", "100"));
  input.push_back(left("b", "2", "200"));
  kit::StageKit stage = join(timed("1s", "left"));
  stage.set_record_limit(20'000);
  Shown all = shown(stage.transform_at_every_cut(input));
  REQUIRE(all.size() == 102);
  CHECK(all[0] == "too_big");
  CHECK(std::count(all.begin(), all.end(), "a") == 100);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("many that are alone leave with the calls that follow") {
  std::vector<Datum> input;
  for (int i = 0; i < 100; ++i) input.push_back(left("a", "1", "100"));
  input.push_back(right("x", "2", "200"));
  kit::StageKit stage = join(timed("1s", "left"));
  stage.set_record_limit(20'000);
  CHECK(stage.transform_at_every_cut(input).size() == 100);
  stage.open();
  const std::size_t first = stage.feed(input).size();
  CHECK(first > 0);
  CHECK(first < 100);
  CHECK(first + stage.finish().size() == 100);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a record too big to be given alone is an error where it might have to be") {
  Datum big = left("a", "1", "100");
  big.text = std::string(4000, 'x');
  kit::StageKit stage = join(timed("1s", "left"));
  stage.set_record_limit(10'000);
  CHECK(shown(stage.transform_at_every_cut({big})) == Shown{"too_big"});
  big.input = 1;
  CHECK(stage.transform_at_every_cut({big}).empty());
}

}  // namespace weir::stages::core
