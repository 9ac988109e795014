#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;
using kit::map;
using kit::scalar;
using Fields = std::vector<std::pair<std::string, std::string>>;
using Options = std::vector<std::pair<std::string, Node>>;

constexpr auto registry = kit::types_of<add_json_stages>;

std::vector<Datum> unnest(Options options, const std::vector<Datum>& input) {
  kit::StageKit stage(registry(), "unnest", map(std::move(options)));
  return stage.transform_at_every_cut(input);
}

Datum of(Fields fields) { return {"text", std::move(fields), {}}; }
Datum list(const std::string& json) { return of({{"a", "1"}, {"list", json}, {"z", "2"}}); }

/// The elements of `json`, as `unnest` makes them.
std::vector<std::string> elements(const std::string& json) {
  std::vector<std::string> values;
  for (const Datum& datum : unnest({{"field", scalar("list")}}, {list(json)})) {
    values.push_back(datum.error.empty() ? datum.fields.at(1).second : datum.error);
  }
  return values;
}

/// Its one error for a field with this value.
std::string error_of(const std::string& value) {
  const std::vector<Datum> output = unnest({{"field", scalar("list")}}, {list(value)});
  REQUIRE(output.size() == 1);
  CHECK(output[0].fields == list(value).fields);
  return output[0].error;
}

using Values = std::vector<std::string>;

}  // namespace

TEST_CASE("unnest makes a record of each element, in order, with all else as it was") {
  CHECK(unnest({{"field", scalar("list")}}, {list("[5,\"x\"]"), list("[7]")}) ==
        std::vector<Datum>{list("5"), list("\"x\""), list("7")});
}

TEST_CASE("unnest gives elements of every type") {
  CHECK(elements(R"([ 1 , -2.5,"x y" , true, false,null ,[1, [2]], {"k" : [1]}, [], {} ])") ==
        Values{"1", "-2.5", "\"x y\"", "true", "false", "null", "[1, [2]]", R"({"k" : [1]})", "[]",
               "{}"});
  CHECK(elements("[18446744073709551616]") == Values{"18446744073709551616"});
  CHECK(elements("[[[]]]") == Values{"[[]]"});
}

TEST_CASE("unnest is not misled by what strings hold") {
  CHECK(elements(R"(["],[", "a\"b,", "\\", "\u00e9\n", {"]":"}"}, ""])") ==
        Values{"\"],[\"", "\"a\"b,\"", "\"\\\"", "\"é\n\"", R"({"]":"}"})", "\"\""});
}

TEST_CASE("unnest takes many elements") {
  std::string json = "[";
  Values expected;
  for (int i = 0; i < 5000; ++i) {
    json += (i ? "," : "") + std::to_string(i);
    expected.push_back(std::to_string(i));
  }
  CHECK(elements(json + "]") == expected);
}

TEST_CASE("unnest puts the element where 'into' says, in the place of the array") {
  CHECK(unnest({{"field", scalar("list")}, {"into", scalar("item")}}, {list("[5]")}) ==
        std::vector<Datum>{of({{"a", "1"}, {"item", "5"}, {"z", "2"}})});
  CHECK(unnest({{"field", scalar("list")}, {"into", scalar("z")}}, {list("[5,6]")}) ==
        std::vector<Datum>{of({{"a", "1"}, {"z", "5"}}), of({{"a", "1"}, {"z", "6"}})});
}

TEST_CASE("unnest numbers the elements from 0") {
  CHECK(unnest({{"field", scalar("list")}, {"index_into", scalar("n")}}, {list("[5,6]")}) ==
        std::vector<Datum>{of({{"a", "1"}, {"list", "5"}, {"z", "2"}, {"n", "0"}}),
                           of({{"a", "1"}, {"list", "6"}, {"z", "2"}, {"n", "1"}})});
  CHECK(unnest({{"field", scalar("list")}, {"index_into", scalar("a")}}, {list("[5]")}) ==
        std::vector<Datum>{of({{"a", "0"}, {"list", "5"}, {"z", "2"}})});
}

TEST_CASE("unnest finds an array inside of nested JSON and leaves that as it is") {
  const std::string json = R"({"items":[1,2],"b":3})";
  CHECK(unnest({{"field", scalar("order.items")}, {"into", scalar("item")}},
               {of({{"order", json}})}) ==
        std::vector<Datum>{of({{"order", json}, {"item", "1"}}),
                           of({{"order", json}, {"item", "2"}})});
  CHECK(unnest({{"field", scalar("order.items")}}, {of({{"order", R"({"items":["x"]})"}})}) ==
        std::vector<Datum>{of({{"order", R"({"items":["x"]})"}, {"order.items", "\"x\""}})});
}

TEST_CASE("unnest spreads objects into fields, the last of a name counts") {
  CHECK(unnest({{"field", scalar("list")}, {"prefix", scalar("")}},
               {list(R"([{"x":1,"y\n":"a\tb","a":{"k":[]}},{},7,{"x":1,"x":2,"list":3}])")}) ==
        std::vector<Datum>{of({{"a", R"({"k":[]})"}, {"z", "2"}, {"x", "1"}, {"y\n", "\"a\tb\""}}),
                           of({{"a", "1"}, {"z", "2"}}), list("7"),
                           of({{"a", "1"}, {"z", "2"}, {"x", "2"}, {"list", "3"}})});
}

TEST_CASE("a number of the element stands beside what is spread, and goes before a member") {
  CHECK(unnest({{"field", scalar("list")}, {"prefix", scalar("")}, {"index_into", scalar("n")}},
               {list(R"([{"n":9,"x":1}, 5])")}) ==
        std::vector<Datum>{of({{"a", "1"}, {"z", "2"}, {"n", "0"}, {"x", "1"}}),
                           of({{"a", "1"}, {"list", "5"}, {"z", "2"}, {"n", "1"}})});
}

TEST_CASE("unnest spreads objects with many members, the last of a name counts") {
  for (const int count : {63, 64, 65, 66, 3000}) {
    std::string json = "[{";
    Fields expected = {{"a", "1"}, {"z", "0"}};
    for (int i = 0; i < count; ++i) {
      const std::string name = "m" + std::to_string(i);
      json += '"' + name + "\":0,";
      expected.emplace_back(name, std::to_string(-i));
    }
    for (int i = 0; i < count; ++i) {
      json += "\"m" + std::to_string(i) + "\":" + std::to_string(-i) + ',';
    }
    INFO(count << " members");
    // A second record finds nothing of the first in the scratch space.
    CHECK(unnest({{"field", scalar("list")}, {"prefix", scalar("")}},
                 {list(json + "\"z\":0}]"), list("[{}]")}) ==
          std::vector<Datum>{of(expected), of({{"a", "1"}, {"z", "2"}})});
  }
}

TEST_CASE("unnest filters a record whose array is empty, unless it is told to keep it") {
  const std::vector<Datum> input = {list("[]"), list("[ ]"), list("[1]")};
  CHECK(unnest({{"field", scalar("list")}}, input) == std::vector<Datum>{list("1")});
  CHECK(unnest({{"field", scalar("list")}, {"keep_empty", scalar("true")}}, input) ==
        std::vector<Datum>{list("null"), list("null"), list("1")});
  CHECK(unnest({{"field", scalar("list")},
                {"keep_empty", scalar("true")},
                {"into", scalar("item")},
                {"index_into", scalar("n")}},
               {list("[]")}) ==
        std::vector<Datum>{of({{"a", "1"}, {"item", "null"}, {"z", "2"}, {"n", "null"}})});
}

TEST_CASE("a field that is no array is an error of its record alone") {
  CHECK(error_of("null") == "unnest: expected an array in 'list', got null");
  CHECK(error_of("true") == "unnest: expected an array in 'list', got true");
  CHECK(error_of("5") == "unnest: expected an array in 'list', got a number");
  CHECK(error_of("0.5") == "unnest: expected an array in 'list', got a number");
  CHECK(error_of("\"[1]\"") == "unnest: expected an array in 'list', got text");
  CHECK(error_of("{}") == "unnest: expected an array in 'list', got an object");
  kit::StageKit stage(registry(), "unnest", map({{"field", scalar("list")}}));
  const std::vector<Datum> output = stage.transform({list("[1]"), of({{"a", "1"}}), list("[2]")});
  REQUIRE(output.size() == 3);
  CHECK(output[0] == list("1"));
  CHECK(output[1].error == "unnest: missing field 'list'");
  CHECK(output[2] == list("2"));
  REQUIRE(stage.failures().size() == 1);
  CHECK_FALSE(stage.failures()[0].retryable);
}

TEST_CASE("an array that is no JSON is an error and keeps nothing that was made of it") {
  CHECK(error_of("[1,2") ==
        "unnest: expected ',' or ']', got the end of the text at byte 4 of the "
        "array");
  CHECK(error_of("[1 2]") == "unnest: expected ',' or ']', got number 2 at byte 3 of the array");
  CHECK(error_of("[1,]") == "unnest: expected a value, got ']' at byte 3 of the array");
  CHECK(error_of("[1,") ==
        "unnest: expected a value, got the end of the text at byte 3 of the array");
  CHECK(error_of("[1]]") == "unnest: expected the end, got ']' at byte 3 of the array");
  CHECK(error_of("[[1]") ==
        "unnest: expected ',' or ']', got the end of the text at byte 4 of the array");
  CHECK(error_of("[[1") ==
        "unnest: expected ']' or '}', got the end of the text at byte 3 of the array");
  CHECK(error_of(R"(["\x"])") ==
        "unnest: expected a string that JSON has, got a string at byte 1 of the array");
  CHECK(error_of("[\"a") == "unnest: the array is no valid JSON");
  CHECK(error_of("[tru]") == "unnest: expected a value, got 'tru' at byte 1 of the array");
}

TEST_CASE("unnest puts a prefix before the members of elements, and before nothing else") {
  const Options with = {
      {"field", scalar("list")}, {"prefix", scalar("i_")}, {"index_into", scalar("n")}};
  CHECK(unnest(with, {list(R"([{"a":5,"b":6,"a":7},8,{"c":9,"i_n":1}])")}) ==
        std::vector<Datum>{of({{"a", "1"}, {"z", "2"}, {"n", "0"}, {"i_a", "7"}, {"i_b", "6"}}),
                           of({{"a", "1"}, {"list", "8"}, {"z", "2"}, {"n", "1"}}),
                           of({{"a", "1"}, {"z", "2"}, {"n", "2"}, {"i_c", "9"}, {"i_i_n", "1"}})});
}

TEST_CASE("'on_missing' says what unnest makes of a record without the array") {
  const Datum missing = of({{"a", "1"}});
  const Datum null = list("null");
  const auto of_both = [&](const char* on_missing) {
    return unnest({{"field", scalar("list")}, {"on_missing", scalar(on_missing)}},
                  {missing, list("[]"), null});
  };
  CHECK(of_both("keep") == std::vector<Datum>{missing, null});
  CHECK(of_both("drop").empty());
  const auto failed = of_both("error");
  REQUIRE(failed.size() == 2);
  CHECK(failed[0].error == "unnest: missing field 'list'");
  CHECK(failed[1].error == "unnest: expected an array in 'list', got null");
}

TEST_CASE("an object that is no JSON is an error where it is spread") {
  const auto error = [](const std::string& json) {
    return unnest({{"field", scalar("list")}, {"prefix", scalar("")}}, {list(json)}).at(0).error;
  };
  CHECK(error("[{1:2}]") ==
        "unnest: expected a key in quotes, got number 1 at byte 2 of the array");
  CHECK(error(R"([{"a" 1}])") == "unnest: expected ':', got number 1 at byte 6 of the array");
  CHECK(error(R"([{"a":1 "b":2}])") ==
        "unnest: expected ',' or '}', got a string at byte 8 of the array");
  CHECK(error(R"([{"a":1,}])") ==
        "unnest: expected a key in quotes, got '}' at byte 8 of the array");
}

TEST_CASE("unnest makes no more of a record than limits.record allows") {
  std::string json = "[0";
  for (int i = 1; i < 2000; ++i) json += ",0";
  kit::StageKit stage(registry(), "unnest", map({{"field", scalar("list")}}));
  stage.set_record_limit(100'000);
  const std::vector<Datum> output = stage.transform_at_every_cut({list(json + "]"), list("[1]")});
  REQUIRE(output.size() == 2);
  CHECK(output[0].error == "too_big: the record passed limits.record in this stage");
  CHECK(output[1] == list("1"));
}

TEST_CASE("unnest refuses fields that cannot be") {
  const auto made = [](Options options) {
    options.emplace_back("field", scalar("list"));
    return kit::StageKit(registry(), "unnest", map(std::move(options)));
  };
  CHECK_THROWS_WITH(made({{"into", scalar("")}}), "expected a name, got empty text");
  CHECK_THROWS_WITH(made({{"into", scalar("x")}, {"prefix", scalar("y")}}),
                    "'into' takes no 'prefix'");
  CHECK_THROWS_WITH(made({{"index_into", scalar("")}}), "expected a field, got empty text");
  CHECK_THROWS_WITH(made({{"index_into", scalar("list")}}), "duplicate field 'list'");
  CHECK_THROWS_WITH(made({{"into", scalar("n")}, {"index_into", scalar("n")}}),
                    "duplicate field 'n'");
  CHECK_THROWS_WITH(kit::StageKit(registry(), "unnest"), "missing option 'field'");
}

TEST_CASE("unnest needs fields and makes the text say something else than they do") {
  const Kinds kinds = kit::StageKit(registry(), "unnest", map({{"field", scalar("list")}})).kinds();
  CHECK(kinds.needs_fields);
  CHECK(kinds.changes_fields);
  CHECK_FALSE(kinds.gives_text);
}

TEST_CASE("unnest with a separator takes a text apart, and arrays as without") {
  const Options by_comma = {{"field", scalar("tags")}, {"separator", scalar(", ")}};
  const auto tags = [](const char* value) { return of({{"tags", value}, {"x", "1"}}); };
  CHECK(unnest(by_comma, {tags("\"a, b,c, , d\""), tags("\"one\""), tags("\"\""), tags("[5]")}) ==
        std::vector<Datum>{tags("\"a\""), tags("\"b,c\""), tags("\"\""), tags("\"d\""),
                           tags("\"one\""), tags("5")});
  CHECK(unnest({{"field", scalar("tags")},
                {"separator", scalar(",")},
                {"index_into", scalar("n")},
                {"keep_empty", scalar("true")}},
               {of({{"tags", "\"a,\""}}), of({{"tags", "\"\""}})}) ==
        std::vector<Datum>{of({{"tags", "\"a\""}, {"n", "0"}}), of({{"tags", "\"\""}, {"n", "1"}}),
                           of({{"tags", "null"}, {"n", "null"}})});
  CHECK(unnest(by_comma, {tags("5")})[0].error ==
        "unnest: expected an array or a text in 'tags', got a number");
  CHECK_THROWS_WITH(unnest({{"field", scalar("tags")}, {"separator", scalar("")}}, {}),
                    "expected at least one byte, got empty text");
}

}  // namespace weir::stages::test
