#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;
using kit::map;
using kit::scalar;
using Fields = decltype(Datum::fields);
using Options = std::vector<std::pair<std::string, Node>>;

constexpr auto types = kit::types_of<add_json_stages>;

std::vector<Datum> parse(const Options& with, const std::vector<Datum>& input) {
  return kit::StageKit(types(), "json.parse", map(with)).transform_at_every_cut(input);
}

/// The fields of one record, in which `f` holds this text beside `a` and `z`.
Fields of_field(Options with, const std::string& json) {
  with.emplace_back("field", scalar("f"));
  const auto out =
      parse(with, {{"t", {{"a", "0"}, {"f", kit::show(Value(json))}, {"z", "9"}}, {}}});
  if (out.empty()) return {{"dropped", ""}};
  if (!out[0].error.empty()) return {{"error", out[0].error}};
  CHECK(out[0].text == "t");
  return out[0].fields;
}

/// The same with the fields shown as one text.
std::string flat(const std::string& json, Options with = {}) {
  with.emplace_back("flatten", scalar("true"));
  const auto out = parse(with, {{json, {}, {}}});
  if (!out.at(0).error.empty()) return out[0].error;
  std::string shown;
  for (const auto& [name, value] : out[0].fields) {
    shown += (shown.empty() ? "" : " ") + name + "=" + value;
  }
  return shown;
}

}  // namespace

TEST_CASE("json.parse adds to the fields that are there, and leaves them when it fails") {
  const auto out = parse({}, {{R"({"b":1,"a":2})", {{"a", "0"}, {"z", "9"}}, {}},
                              {R"({"b":)", {{"a", "1"}}, {}},
                              {"{}", {{"a", "1"}}, {}}});
  CHECK(out[0].fields == Fields{{"a", "2"}, {"z", "9"}, {"b", "1"}});
  CHECK(out[1].fields == Fields{{"a", "1"}});
  CHECK(out[2].fields == Fields{{"a", "1"}});
}

TEST_CASE("json.parse puts what a field holds in its place") {
  const auto in_place = [](const std::string& json) { return of_field({}, json).at(1).second; };
  CHECK(of_field({}, R"({"b":1})") == Fields{{"a", "0"}, {"f", R"({"b":1})"}, {"z", "9"}});
  CHECK(in_place("[1, 2]") == "[1, 2]");
  CHECK(in_place(" 17 ") == "17");
  CHECK(in_place("1.50") == "1.50");
  CHECK(in_place("\"x\\u00e9\"") == "\"x\xc3\xa9\"");
  CHECK(in_place("true") == "true");
  CHECK(in_place("null") == "null");
  CHECK(of_field({}, "[1] x") ==
        Fields{{"error", "json: field 'f': expected the end, got 'x' at byte 4"}});
}

TEST_CASE("json.parse reads a field that holds JSON already, or a number") {
  const Options with = {{"field", scalar("f")}, {"prefix", scalar("p_")}};
  const auto out = parse(with, {{"", {{"f", R"({"b":[1]})"}}, {}}, {"", {{"f", "17"}}, {}}});
  CHECK(out[0].fields == Fields{{"f", R"({"b":[1]})"}, {"p_b", "[1]"}});
  CHECK(out[1].error ==
        "json: field 'f': expected an object, got number 17 at byte 0: 'into' takes any value");
}

TEST_CASE("json.parse puts members where 'into' or 'prefix' says") {
  const std::string json = R"({"a":1,"b":2,"a":3})";
  CHECK(of_field({{"prefix", scalar("")}}, json) ==
        Fields{{"a", "3"}, {"f", kit::show(Value(json))}, {"z", "9"}, {"b", "2"}});
  CHECK(of_field({{"prefix", scalar("p_")}}, json) ==
        Fields{{"a", "0"}, {"f", kit::show(Value(json))}, {"z", "9"}, {"p_a", "3"}, {"p_b", "2"}});
  CHECK(of_field({{"into", scalar("z")}}, "[5]") ==
        Fields{{"a", "0"}, {"f", "\"[5]\""}, {"z", "[5]"}});
  CHECK(parse({{"into", scalar("x")}}, {{"[5]", {{"a", "0"}}, {}}}).at(0).fields ==
        Fields{{"a", "0"}, {"x", "[5]"}});
  CHECK(parse({{"prefix", scalar("p.")}}, {{R"({"a":{"b":1}})", {{"a", "0"}}, {}}}).at(0).fields ==
        Fields{{"a", "0"}, {"p.a", R"({"b":1})"}});
}

TEST_CASE("json.parse says of a value that is no object that 'into' takes it") {
  CHECK(parse({}, {{"[1]", {}, {}}}).at(0).error ==
        "json: expected an object, got an array at byte 0: 'into' takes any value");
}

TEST_CASE("json.parse leaves a blank field to 'on_missing', and a blank text to 'on_blank'") {
  const auto with = [](const char* on_missing) {
    return Options{{"on_missing", scalar(on_missing)}};
  };
  for (const char* blank : {"", " \t\n"}) {
    CHECK(of_field({}, blank) == Fields{{"error", "json: expected JSON in 'f', got blank text"}});
    CHECK(of_field(with("keep"), blank) ==
          Fields{{"a", "0"}, {"f", kit::show(Value(std::string_view(blank)))}, {"z", "9"}});
    CHECK(of_field(with("drop"), blank) == Fields{{"dropped", ""}});
  }
  CHECK(parse({{"field", scalar("f")}}, {{"{}", {}, {}}}).at(0).error == "json: missing field 'f'");
  CHECK(parse({{"field", scalar("f")}, {"on_missing", scalar("keep")}}, {{"", {{"f", "null"}}, {}}})
            .at(0)
            .fields == Fields{{"f", "null"}});
  CHECK(parse({{"into", scalar("x")}}, {{" ", {}, {}}}).empty());
}

TEST_CASE("json.parse flattens members of members") {
  CHECK(flat(R"({"a":{"b":1,"c":{"d":"x","e":null}},"f":[true,[2,{"g":3}]],"h":4})") ==
        R"(a.b=1 a.c.d="x" a.c.e=null f.0=true f.1.0=2 f.1.1.g=3 h=4)");
  CHECK(flat(R"({"a":{},"b":[],"c":{"d":[ ]},"e":[{ }]})") == "a={} b=[] c.d=[ ] e.0={ }");
  CHECK(flat("{}").empty());
  CHECK(flat(R"({"a.b":1,"a":{"b":2}})") == "a.b=2");
  CHECK(flat(R"({"a":{"b":2},"a.b":1,"c":0})") == "a.b=1 c=0");
  CHECK(flat(R"({"":{"":1},"\u0061":{"\n":"\u00e9"}})") == ".=1 a.\n=\"\xc3\xa9\"");
  CHECK(flat(R"({"":1})") == "=1");
  CHECK(flat(R"({"a":{"b":1}})", {{"prefix", scalar("p_")}}) == "p_a.b=1");
  CHECK(of_field({{"flatten", scalar("true")}, {"prefix", scalar("f.")}}, R"({"b":{"c":[1]}})") ==
        Fields{{"a", "0"}, {"f", R"("{"b":{"c":[1]}}")"}, {"z", "9"}, {"f.b.c.0", "1"}});
}

TEST_CASE("json.parse flattens records one after the other, whatever their names") {
  const auto out = parse({{"flatten", scalar("true")}}, {{R"({"":1,"a":{"b":2}})", {}, {}},
                                                         {R"({"":1,"a":{"b":2}})", {}, {}},
                                                         {R"({"a":{"b":2}})", {}, {}},
                                                         {R"({"a":{"b":2,"b":3}})", {}, {}}});
  CHECK(out[1].fields == Fields{{"", "1"}, {"a.b", "2"}});
  CHECK(out[2].fields == Fields{{"a.b", "2"}});
  CHECK(out[3].fields == Fields{{"a.b", "3"}});
}

TEST_CASE("json.parse flattens 64 levels and no more, and says what is wrong in them") {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
    return text + "1" + std::string(depth, '}');
  };
  std::string name = "a";
  for (int i = 1; i < 64; ++i) name += ".a";
  CHECK(flat(nested(64)) == name + "=1");
  CHECK(flat(nested(65)) == "json: nested deeper than 64 at byte 320");
  CHECK(flat(nested(100'000)) == "json: nested deeper than 64 at byte 320");
  CHECK(flat(R"({"a":{"b":1,}})") == "json: expected a key in quotes, got '}' at byte 12");
  CHECK(flat(R"({"a":{"b" 1}})") == "json: expected ':', got number 1 at byte 10");
  CHECK(flat(R"({"a":[1 2]})") == "json: expected ',' or ']', got number 2 at byte 8");
  CHECK(flat(R"({"a":[1,]})") == "json: expected a value, got ']' at byte 8");
  CHECK(flat(R"({"a":{"b":1})") == "json: expected ',' or '}', got the end of the text at byte 12");
  CHECK(flat(R"({"a":1} 2)") == "json: expected the end, got number 2 at byte 8");
  CHECK(flat(R"({"a":["\ud800"]})") == "json: half of a surrogate pair at byte 7");
}

TEST_CASE("json.parse flattens very many members in linear time") {
  std::string text = "{\"k\":[";
  for (int i = 0; i < 100'000; ++i) text += (i ? "," : "") + std::to_string(i);
  const auto out = parse({{"flatten", scalar("true")}}, {{text + "]}", {{"k.7", "0"}}, {}}});
  REQUIRE(out.at(0).error.empty());
  CHECK(out[0].fields.size() == 100'000);
  CHECK(out[0].fields[0] == std::pair<std::string, std::string>("k.7", "7"));
}

TEST_CASE("json.parse refuses options that do not go together") {
  const auto refusal = [](Options with) {
    return kit::refused(types(), "json.parse", map(std::move(with)));
  };
  CHECK(refusal({{"into", scalar("x")}, {"flatten", scalar("true")}}) ==
        "flatten: 'into' takes no 'flatten'");
  CHECK(refusal({{"field", scalar("x")}, {"flatten", scalar("true")}}) ==
        "flatten: 'flatten' of a field needs 'prefix'");
  CHECK(refusal({{"into", scalar("x")}, {"prefix", scalar("y")}}) ==
        "prefix: 'into' takes no 'prefix'");
  CHECK(refusal({{"field", scalar("x")}, {"prefix", scalar("")}, {"flatten", scalar("true")}}) ==
        "accepted");
}

}  // namespace weir::stages::test
