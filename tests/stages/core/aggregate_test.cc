#include <catch2/catch.hpp>

#include "tests/stages/core/window_fixture.h"

namespace weir::stages::test {

using namespace window_test;

TEST_CASE("aggregates say what they are of, and pass over what is missing") {
  kit::StageKit stage = window({{"count", "100"}}, {{"records", "count"},
                                                    {"values", "count(v)"},
                                                    {"sum", "sum(v)"},
                                                    {"avg", "avg(v)"},
                                                    {"min", "min(v)"},
                                                    {"max", "max(v)"},
                                                    {"p50", "p50(v)"},
                                                    {"p99.9", "p99.9(v)"},
                                                    {"first", "first(w)"},
                                                    {"last", "last(w)"},
                                                    {"all", "collect(w)"},
                                                    {"low", "min(w)"}});
  CHECK(stage.transform_at_every_cut(
            {of({{"v", "4"}, {"w", "\"x\""}}), of({}), of({{"v", "1"}, {"w", "[1]"}}),
             of({{"v", "null"}, {"w", "2.0"}}), of({{"v", "7"}}), of({{"v", "2"}})}) ==
        std::vector<Datum>{of({{"records", "6"},
                               {"values", "4"},
                               {"sum", "14"},
                               {"avg", "3.5"},
                               {"min", "1"},
                               {"max", "7"},
                               {"p50", "2"},
                               {"p99.9", "7"},
                               {"first", "\"x\""},
                               {"last", "2"},
                               {"all", "[\"x\",[1],2.0]"},
                               {"low", "2"}})});
  CHECK(shown(stage.transform_at_every_cut({of({})})) ==
        "1:0:0:null:null:null:null:null:null:null:[]:null");
}

TEST_CASE("sums of integers are exact, those of others are not integers") {
  const auto sum = [](const std::vector<std::string>& values) {
    std::vector<Datum> input;
    for (const std::string& value : values) input.push_back(of({{"v", value}}));
    return shown(window({{"count", "100"}}, {{"sum", "sum(v)"}}).transform_at_every_cut(input));
  };
  CHECK(sum({"9007199254740993", "2"}) == "9007199254740995");
  CHECK(sum({"9223372036854775807", "1", "-2"}) == "9223372036854775806");
  CHECK(sum({"9223372036854775807", "1"}) == "9223372036854775808");
  CHECK(sum({"1", "0.5"}) == "1.5");
}

TEST_CASE("percentiles are values by nearest rank") {
  std::vector<Datum> input;
  for (int i = 100; i >= 1; --i) input.push_back(of({{"v", std::to_string(i)}}));
  kit::StageKit stage = window({{"count", "1000"}}, {{"a", "p0(v)"},
                                                     {"b", "p1(v)"},
                                                     {"c", "p50(v)"},
                                                     {"d", "p99(v)"},
                                                     {"e", "p99.1(v)"},
                                                     {"f", "p100(v)"}});
  CHECK(shown(stage.transform_at_every_cut(input)) == "1:1:50:99:100:100");
}

TEST_CASE("text is no number, whatever it looks like") {
  kit::StageKit stage = window({{"count", "10"}}, {{"sum", "sum(v)"}, {"n", "count"}});
  const std::vector<Datum> out =
      stage.transform_at_every_cut({of({{"v", "1"}}), of({{"v", "\"12\""}}), of({{"v", "2"}})});
  REQUIRE(out.size() == 2);
  CHECK(out[0].error ==
        "type: field 'v' is '12', not a number, which sum(v) needs: give it its type where it is "
        "read, with types:");
  CHECK(out[1] == of({{"sum", "3"}, {"n", "2"}}));
}

TEST_CASE("aggregates that are none are diagnostics") {
  const auto aggregate = [](const char* into, const char* text) {
    return window({{"every", "1s"}, {"time", "t"}}, {{into, text}}, {"k"});
  };
  CHECK_THROWS_WITH(aggregate("a", "mean(x)"), "unknown aggregate 'mean'\n");
  CHECK_THROWS_WITH(aggregate("a", "p101(x)"), "unknown aggregate 'p101'\n");
  CHECK_THROWS_WITH(aggregate("a", "px(x)"), "unknown aggregate 'px'\n");
  CHECK_THROWS_WITH(aggregate("a", "sum"), "expected a field, as in sum(bytes), got 'sum'\n");
  CHECK_THROWS_WITH(aggregate("a", "sum()"), "expected a field between '(' and ')', got nothing\n");
  CHECK_THROWS_WITH(aggregate("a", "sum(x"), "expected ')' at the end\n");
  CHECK_THROWS_WITH(aggregate("k", "count"), "duplicate field 'k'");
  CHECK_THROWS_WITH(aggregate("start", "count"), "duplicate field 'start'");
  CHECK_THROWS_WITH(aggregate("", "count"), "expected a field, got empty text");
  CHECK(aggregate("a", "sum(x.y)").named_fields() == std::vector<std::string>{"t", "x"});
}

}  // namespace weir::stages::test
