#include <catch2/catch.hpp>
#include <chrono>
#include <random>

#include "tests/stages/core/join_fixture.h"

namespace weir::stages::core {

TEST_CASE("join gives the left record's text and fields, then the right record's") {
  Options options = {{"by", map({{"id", scalar("ref")}})}, {"within", scalar("1s")}};
  options.push_back({"time", kit::list({"sent", "got"})});
  kit::StageKit stage = join(options);
  Datum sent{"L", {{"id", "7"}, {"sent", "1"}, {"x", "\"l\""}, {"j", "[1]"}}, {}};
  Datum got{"R", {{"x", "\"r\""}, {"ref", "7"}, {"got", "2"}, {"y", "true"}}, {}};
  got.input = 1;
  const Datum both{"L",
                   {{"id", "7"},
                    {"sent", "1"},
                    {"x", "\"l\""},
                    {"j", "[1]"},
                    {"right_x", "\"r\""},
                    {"ref", "7"},
                    {"got", "2"},
                    {"y", "true"}},
                   {}};
  CHECK(stage.transform_at_every_cut({sent, got}) == std::vector<Datum>{both});
  CHECK(stage.transform_at_every_cut({got, sent}) == std::vector<Datum>{both});
  CHECK(stage.state_used() == 0);
}

TEST_CASE("each input of a join may write its times in its own way") {
  Options options = {{"by", scalar("k")}, {"within", scalar("1s")}};
  Node times;
  times.shape = Node::Shape::list;
  times.items = {map({{"field", scalar("t")}, {"format", scalar("unix_ms")}}),
                 map({{"field", scalar("t")}, {"format", scalar("rfc2822")}})};
  options.push_back({"time", std::move(times)});
  kit::StageKit stage = join(options);
  CHECK(shown(stage.transform_at_every_cut({left("a", "1", "1769903999500"),
                                            left("b", "1", "1769903990000"),
                                            right("x", "1", "\"Sat, 31 Jan 2026 23:59:59 GMT\""),
                                            right("y", "1", "\"23:59\"")})) == Shown{"ax", "time"});
}

TEST_CASE("a key of one name is there once, other names that clash get the prefix") {
  Options options = timed("1s");
  options.push_back({"clash_prefix", scalar("b.")});
  kit::StageKit stage = join(options);
  CHECK(stage.transform_at_every_cut({left("a", "1", "5"), right("x", "1.0", "6")}) ==
        std::vector<Datum>{
            {"a", {{"k", "1"}, {"t", "5"}, {"a", "1"}, {"b.t", "6"}, {"x", "1"}}, {}}});
}

TEST_CASE("join pairs each record with all of the other input that are near, in their order") {
  kit::StageKit stage = join(timed("10s"));
  CHECK(shown(stage.transform_at_every_cut({left("a", "1", "100"), left("b", "1", "105"),
                                            right("x", "1", "110"), right("y", "2", "110"),
                                            left("c", "1", "110"), right("z", "1", "114.5")})) ==
        Shown{"ax", "bx", "cx", "bz", "cz"});
  CHECK(stage.count("unmatched") == 1);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a record without its key has no partner, one without its time is an error") {
  kit::StageKit stage = join(timed("1s", "outer"));
  Datum bare = right("x", "1", "1");
  bare.fields.erase(bare.fields.begin());
  CHECK(shown(stage.transform_at_every_cut({left("a", "null", "1"), bare, left("b", "1", "\"?\""),
                                            left("c", "\"1\"", "1"), right("y", "1", "1")})) ==
        Shown{"a", "x", "time", "c", "y"});
  CHECK(stage.count("unmatched") == 4);
}

TEST_CASE("left and outer joins give what was alone, when its time is over or at the end") {
  const std::vector<Datum> input = {left("a", "1", "100"),   right("x", "2", "100"),
                                    right("y", "1", "101"),  left("b", "3", "102"),
                                    right("z", "9", "112"),   // over for a and x
                                    left("c", "9", "112.5"),  // and for y and b
                                    right("w", "8", "113")};
  const auto joined = [&](const char* kind) {
    kit::StageKit stage = join(timed("10s", kind));
    Shown all = shown(stage.transform_at_every_cut(input));
    CHECK(stage.count("unmatched") == 3);
    CHECK(stage.state_used() == 0);
    return all;
  };
  CHECK(joined("inner") == Shown{"ay", "cz"});
  CHECK(joined("left") == Shown{"ay", "cz", "b"});
  CHECK(joined("outer") == Shown{"ay", "x", "cz", "b", "w"});
}

TEST_CASE("lateness keeps records for those that come late") {
  const std::vector<Datum> input = {left("a", "1", "100"), left("b", "2", "120"),
                                    right("x", "1", "105"), right("y", "1", "94")};
  kit::StageKit none = join(timed("10s", "left"));
  CHECK(shown(none.transform_at_every_cut(input)) == Shown{"a", "b"});
  Options options = timed("10s", "left");
  options.push_back({"lateness", scalar("20s")});
  kit::StageKit some = join(options);
  CHECK(shown(some.transform_at_every_cut(input)) == Shown{"ax", "ay", "b"});
}

TEST_CASE("a record too late to be kept still finds who is there") {
  kit::StageKit stage = join(timed("10s", "outer"));
  CHECK(shown(stage.transform_at_every_cut(
            {left("a", "1", "100"), left("b", "2", "110"), right("x", "1", "99"),
             left("c", "1", "98"), right("y", "1", "97")})) == Shown{"ax", "c", "ay", "b"});
}

TEST_CASE("join without a time field goes by the clock of arrival") {
  kit::StageKit stage(
      registry(), "join",
      map({{"by", scalar("k")}, {"within", scalar("1h")}, {"kind", scalar("outer")}}));
  CHECK(stage.timed());
  CHECK_FALSE(join(timed("1s")).timed());
  const std::vector<Datum> input = {left("a", "1", "9"), right("x", "1", "1"),
                                    right("y", "2", "5")};
  CHECK(shown(stage.transform_at_every_cut(input)) == Shown{"ax", "y"});

  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto before = now();
  stage.open();
  CHECK_FALSE(stage.due());
  CHECK(shown(stage.feed(input)) == Shown{"ax"});
  CHECK(stage.tick().empty());
  REQUIRE(stage.due());
  CHECK(*stage.due() > before + std::chrono::hours(1));
  CHECK(*stage.due() <= now() + std::chrono::hours(1) + std::chrono::nanoseconds(1));
  stage.finish();
}

TEST_CASE("a tick gives what was alone for its time") {
  kit::StageKit stage(
      registry(), "join",
      map({{"by", scalar("k")}, {"within", scalar("1us")}, {"kind", scalar("left")}}));
  stage.open();
  CHECK(stage.feed({left("a", "1", "1")}).empty());
  REQUIRE(stage.due());
  while (std::chrono::steady_clock::now() < *stage.due()) {
  }
  CHECK(shown(stage.tick()) == Shown{"a"});
  CHECK(stage.state_used() == 0);
  CHECK_FALSE(stage.due());
  CHECK(stage.finish().empty());
}

TEST_CASE("join finds the pairs that a plain double loop finds") {
  std::mt19937 random(3);
  const auto any = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  std::vector<Datum> input;
  for (int i = 0; i < 600; ++i) {
    const int time = 1000 + i - any(5);  // out of order by 5 at most
    Datum datum{
        std::to_string(i), {{"k", std::to_string(any(9))}, {"t", std::to_string(time)}}, {}};
    datum.fields.emplace_back(any(1) ? "l" : "r", std::to_string(i));
    datum.input = datum.fields.back().first == "r" ? 1 : 0;
    input.push_back(datum);
  }
  std::size_t pairs = 0;
  std::size_t alone = 0;
  for (const Datum& one : input) {
    std::size_t partners = 0;
    for (const Datum& other : input) {
      const int apart = std::stoi(one.fields[1].second) - std::stoi(other.fields[1].second);
      if (one.input != other.input && one.fields[0] == other.fields[0] && std::abs(apart) <= 7) {
        ++partners;
      }
    }
    if (one.input == 0) pairs += partners;
    alone += partners == 0 ? 1 : 0;
  }
  Options options = timed("7s", "outer");
  options.push_back({"lateness", scalar("5s")});
  kit::StageKit stage = join(options);
  std::size_t found = 0;
  std::size_t single = 0;
  for (const Datum& datum : stage.transform_at_every_cut(input)) {
    ++(datum.fields.size() == 3 ? single : found);
  }
  CHECK(pairs > 100);
  CHECK(alone > 10);
  CHECK(found == pairs);
  CHECK(single == alone);
  CHECK(stage.count("unmatched") == alone);
}

TEST_CASE("join says what is wrong with its options") {
  const auto with = [](const char* name, Node value) {
    Options options = {{"by", scalar("k")}, {"within", scalar("1s")}};
    std::erase_if(options, [&](const auto& option) { return option.first == name; });
    options.push_back({name, std::move(value)});
    return join(options);
  };
  CHECK_THROWS_WITH(with("by", kit::list({"a", "b"})),
                    "expected a field or a map for 'by', got a list of two [write 'by: { LEFT: "
                    "RIGHT }']\n");
  CHECK_THROWS_WITH(
      with("by", kit::list({"a", "b", "c"})),
      "expected a field or a map for 'by', got a list [write 'by: { LEFT: RIGHT }']\n");
  CHECK_THROWS_WITH(with("by", map({{"a", scalar("b")}, {"c", scalar("d")}})),
                    "expected one entry LEFT: RIGHT, got '2'\n");
  CHECK_THROWS_WITH(with("by", map({})), "expected one entry LEFT: RIGHT, got '0'\n");
  CHECK_THROWS_WITH(with("time", kit::list({"a", "b", "c"})), "expected one field or two, got 3");
  CHECK_THROWS_WITH(with("time", kit::list({"a", "b", "c"})), "expected one field or two, got 3");
  CHECK_THROWS_WITH(with("lateness", scalar("1s")), "expected 'time' beside 'lateness'");
  CHECK_THROWS_WITH(with("clash_prefix", scalar("")), "expected a prefix, got empty text");
}

TEST_CASE("join has two inputs") {
  Datum third = left("a", "1", "1");
  third.input = 2;
  CHECK(shown(join(timed("1s")).transform({third})) == Shown{"join"});
}

}  // namespace weir::stages::core
