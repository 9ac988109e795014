#include <catch2/catch.hpp>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;
using Options = std::vector<std::pair<std::string, Node>>;

constexpr auto registry = kit::types_of<core::add_group>;

kit::StageKit group(Options options, std::vector<std::string> key = {}) {
  return kit::StageKit(registry(), "group", map(std::move(options)), std::move(key));
}

Datum text(const std::string& text) { return {text, {}, {}}; }
Datum keyed(const std::string& text, const std::string& key) {
  return {text, {{"k", '"' + key + '"'}}, {}};
}

std::vector<Datum> letters(std::string_view all) {
  std::vector<Datum> input;
  for (const char letter : all) input.push_back(text(std::string(1, letter)));
  return input;
}

}  // namespace

TEST_CASE("group joins so many texts, and what is left at the end") {
  kit::StageKit stage = group({{"count", scalar("3")}, {"separator", scalar("-")}});
  CHECK(stage.transform_at_every_cut(letters("abcdefgh")) ==
        std::vector<Datum>{text("a-b-c"), text("d-e-f"), text("g-h")});
  CHECK(stage.state_used() == 0);
  CHECK(stage.transform_at_every_cut({}).empty());
  CHECK(group({{"count", scalar("1")}}).transform_at_every_cut(letters("ab")) == letters("ab"));
  CHECK(group({{"count", scalar("9")}}).transform_at_every_cut(letters("ab")) ==
        std::vector<Datum>{text("a\nb")});
}

TEST_CASE("group ends before it has more bytes than it may") {
  kit::StageKit stage = group({{"bytes", scalar("5")}});
  CHECK(stage.transform_at_every_cut({text("ab"), text("cd"), text("e"), text("123456"), text("f"),
                                      text("ghi"), text("")}) ==
        std::vector<Datum>{text("ab\ncd"), text("e"), text("123456"), text("f\nghi"), text("")});
}

TEST_CASE("group into a field holds its members as JSON") {
  kit::StageKit stage = group({{"count", scalar("2")}, {"into", scalar("all")}});
  const std::vector<Datum> input = {
      {"x", {{"a", "1"}, {"b", "\"t\xff\n\""}, {"c", "2.0"}, {"d", "null"}}, {}},
      text("plain \"text\""),
      {"", {{"j", "[1,{}]"}, {"t", "true"}}, {}}};
  CHECK(
      stage.transform_at_every_cut(input) ==
      std::vector<Datum>{
          {"",
           {{"all",
             "[{\"a\":1,\"b\":\"t\xef\xbf\xbd\\n\",\"c\":2.0,\"d\":null},\"plain \\\"text\\\"\"]"}},
           {}},
          {"", {{"all", R"([{"j":[1,{}],"t":true}])"}}, {}}});
}

TEST_CASE("group into a field writes raw JSON of several lines in one") {
  kit::StageKit stage = group({{"count", scalar("2")}, {"into", scalar("all")}});
  const std::vector<Datum> out =
      stage.transform_at_every_cut({{"", {{"j", "[1,\r\n  {\"a b\": 2}\n]"}}, {}}, text("x")});
  REQUIRE(out.size() == 1);
  CHECK(out[0].fields.at(0).second == R"([{"j":[1,{"a b":2}]},"x"])");
}

TEST_CASE("group with a key joins the members of each key") {
  kit::StageKit stage = group({{"count", scalar("2")}, {"separator", scalar("")}}, {"k"});
  CHECK(stage.transform_at_every_cut({keyed("a", "x"), keyed("b", "y"), keyed("c", "x"),
                                      keyed("d", "x"), keyed("e", "z"), keyed("f", "y")}) ==
        std::vector<Datum>{keyed("ac", "x"), keyed("bf", "y"), keyed("d", "x"), keyed("e", "z")});
}

TEST_CASE("a number leaves the key of a group as its first record wrote it") {
  kit::StageKit stage = group({{"count", scalar("2")}}, {"k"});
  CHECK(stage.transform_at_every_cut({{"a", {{"k", "#19.90"}}, {}},
                                      {"b", {{"k", "#1.990e1"}}, {}},
                                      {"c", {{"k", "19.9"}}, {}},
                                      {"d", {{"k", "#19.900"}}, {}},
                                      {"e", {{"k", "#19.90"}}, {}}}) ==
        std::vector<Datum>{{"a\nb", {{"k", "19.90"}}, {}},
                           {"c\nd", {{"k", "19.9"}}, {}},
                           {"e", {{"k", "19.90"}}, {}}});
  CHECK(stage.state_used() == 0);
}

TEST_CASE("the key of a group that was not seen for longest makes room") {
  kit::StageKit stage = group({{"count", scalar("9")}, {"separator", scalar("")}}, {"k"});
  stage.set_key_limit(2, KeyPolicy::WhenFull::evict);
  const std::vector<Datum> input = {keyed("a", "x"), keyed("b", "y"), keyed("c", "x"),
                                    keyed("d", "z"), keyed("e", "y")};
  CHECK(stage.transform_at_every_cut(input) ==
        std::vector<Datum>{keyed("b", "y"), keyed("ac", "x"), keyed("d", "z"), keyed("e", "y")});
  CHECK(stage.count("evicted") == 2);
  CHECK(stage.state_used() == 0);

  stage.set_key_limit(2, KeyPolicy::WhenFull::error);
  const std::vector<Datum> out = stage.transform_at_every_cut(input);
  REQUIRE(out.size() == 3);
  CHECK(out[0].error == "state_full: no room for the members of a group");
  CHECK(out[1] == keyed("ac", "x"));
  CHECK(out[2] == keyed("be", "y"));
}

TEST_CASE("members of groups are charged to the state of the run") {
  kit::StageKit stage = group({{"count", scalar("100")}}, {"k"});
  stage.set_state_limit(4000);
  const std::string long_text(1500, 'x');
  const std::vector<Datum> input = {keyed(long_text, "x"), keyed(long_text, "y"),
                                    keyed(long_text, "z"), keyed("a", "x")};
  std::vector<Datum> out = stage.transform_at_every_cut(input);
  CHECK(stage.state_used() == 0);
  REQUIRE(out.size() == 4);
  CHECK(out[0].error == "state_full: no room for the members of a group");
  CHECK(out[1].error == out[0].error);  // Nor is there room for a text twice as long.
  CHECK(out[2] == keyed(long_text, "x"));
  CHECK(out[3] == keyed(long_text, "y"));

  stage.set_key_limit(0, KeyPolicy::WhenFull::evict);
  out = stage.transform_at_every_cut(input);
  CHECK(stage.state_used() == 0);
  REQUIRE(out.size() == 4);
  CHECK(out[0] == keyed(long_text, "x"));
  CHECK(stage.count("evicted") > 0);
}

TEST_CASE("group ends where its record would take too much of limits.record") {
  kit::StageKit stage = group({{"count", scalar("1000000")}, {"separator", scalar("")}});
  stage.set_record_limit(30'000);
  const std::vector<Datum> input(100, text(std::string(1000, 'x')));
  std::size_t bytes = 0;
  const std::vector<Datum> out = stage.transform_at_every_cut(input);
  for (const Datum& datum : out) {
    CHECK(datum.error.empty());
    CHECK(datum.text.size() < 10'000);
    bytes += datum.text.size();
  }
  CHECK(bytes == 100'000);
  CHECK(out.size() < 20);
  const std::vector<Datum> big = stage.transform_at_every_cut({text(std::string(12'000, 'x'))});
  REQUIRE(big.size() == 1);
  CHECK_THAT(big[0].error, Catch::StartsWith("too_big: "));
}

TEST_CASE("group ends with a record for which until is true, or before it") {
  const auto ends = [](const char* including) {
    return group({{"until", scalar("record.text == 'e'")},
                  {"including", scalar(including)},
                  {"separator", scalar("")}});
  };
  CHECK(ends("true").transform_at_every_cut(letters("abeceed")) ==
        std::vector<Datum>{text("abe"), text("ce"), text("e"), text("d")});
  CHECK(ends("false").transform_at_every_cut(letters("abeceed")) ==
        std::vector<Datum>{text("ab"), text("ec"), text("e"), text("ed")});
  CHECK(ends("false").transform_at_every_cut(letters("e")) == letters("e"));

  kit::StageKit keyed_stage = group(
      {{"until", scalar("string.sub(record.text, -1) == '.'")}, {"separator", scalar("")}}, {"k"});
  CHECK(keyed_stage.transform_at_every_cut({keyed("a", "x"), keyed("b.", "y"), keyed("c", "y"),
                                            keyed("d.", "x"), keyed("e.", "y")}) ==
        std::vector<Datum>{keyed("b.", "y"), keyed("ad.", "x"), keyed("ce.", "y")});
  CHECK(keyed_stage.state_used() == 0);
}

TEST_CASE("until ends groups beside the other ends of group") {
  kit::StageKit stage = group(
      {{"until", scalar("record.text == 'e'")}, {"count", scalar("2")}, {"separator", scalar("")}});
  CHECK(stage.transform_at_every_cut(letters("abceede")) ==
        std::vector<Datum>{text("ab"), text("ce"), text("e"), text("de")});
}

TEST_CASE("a record for which until fails is in no group") {
  kit::StageKit stage = group({{"until", scalar("n > 1")}, {"into", scalar("all")}});
  const std::vector<Datum> out = stage.transform_at_every_cut(
      {{"", {{"n", "1"}}, {}}, {"", {{"n", "\"x\""}}, {}}, {"", {{"n", "2"}}, {}}});
  REQUIRE(out.size() == 2);
  CHECK_THAT(out[0].error, Catch::StartsWith("expression: "));
  CHECK(out[1].fields.at(0).second == R"([{"n":1},{"n":2}])");
}

TEST_CASE("groups that outgrow their bytes are counted as cut") {
  kit::StageKit stage = group(
      {{"until", scalar("record.text == 'e'")}, {"bytes", scalar("4")}, {"separator", scalar("")}});
  CHECK(stage.transform_at_every_cut({text("abc"), text("de"), text("fg"), text("e")}) ==
        std::vector<Datum>{text("abc"), text("defg"), text("e")});
  CHECK(stage.count("cut") == 1);
}

TEST_CASE("group within a time ends a time after its first member") {
  kit::StageKit stage = group({{"within", scalar("1ns")}, {"separator", scalar("")}}, {"k"});
  CHECK(stage.timed());
  CHECK_FALSE(group({{"count", scalar("2")}}).timed());
  stage.open();
  CHECK_FALSE(stage.due());
  CHECK(stage.tick().empty());
  CHECK(stage.feed({keyed("a", "x"), keyed("b", "y"), keyed("c", "x")}).empty());
  REQUIRE(stage.due());
  CHECK(*stage.due() <= std::chrono::steady_clock::now());
  CHECK(stage.tick() == std::vector<Datum>{keyed("ac", "x"), keyed("b", "y")});
  CHECK_FALSE(stage.due());
  CHECK(stage.finish().empty());

  kit::StageKit slow = group({{"within", scalar("10h")}, {"count", scalar("2")}});
  slow.open();
  CHECK(slow.feed(letters("abc")) == std::vector<Datum>{text("a\nb")});
  CHECK(slow.tick().empty());
  REQUIRE(slow.due());
  CHECK(*slow.due() > std::chrono::steady_clock::now());
  CHECK(slow.finish() == std::vector<Datum>{text("c")});
}

TEST_CASE("a group without an end is a diagnostic") {
  CHECK_THROWS_WITH(group({}), "a group needs an end: give count, bytes, within or until");
  CHECK_THROWS_WITH(group({{"count", scalar("2")}, {"including", scalar("true")}}),
                    "'including' needs 'until'");
  CHECK_THROWS_WITH(group({{"count", scalar("0")}}), "expected at least 1, got '0'");
  CHECK_THROWS_WITH(group({{"bytes", scalar("0")}}), "expected at least 1, got '0'");
  CHECK_THROWS_WITH(group({{"within", scalar("0s")}}), "expected a time above 0, got '0s'");
  CHECK_THROWS_WITH(group({{"count", scalar("1")}, {"into", scalar("")}}),
                    "expected a field, got empty text");
}

TEST_CASE("group says what it needs and gives") {
  CHECK(group({{"count", scalar("2")}}).kinds().needs_text);
  CHECK(group({{"count", scalar("2")}}).kinds().drops_fields);
  CHECK(group({{"count", scalar("2")}}, {"k"}).kinds().gives_fields);
  const Kinds into = group({{"count", scalar("2")}, {"into", scalar("f")}}).kinds();
  CHECK_FALSE(into.needs_text);
  CHECK(into.gives_fields);
}

}  // namespace weir::stages::test
