#include <catch2/catch.hpp>
#include <random>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;

constexpr auto types = kit::types_of<add_json_stages>;

std::string format(const Datum& record, std::vector<std::string> columns = {}) {
  kit::StageKit stage(
      types(), "json.format",
      columns.empty() ? kit::map({}) : kit::map({{"columns", kit::list(std::move(columns))}}));
  const Datum out = stage.transform_at_every_cut({record}).at(0);
  return out.error.empty() ? out.text : out.error;
}

/// A random JSON value as json.format would write it.
std::string random_string(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "a",      "plain text", "\\\"", "\\\\", "\\n", "\\u0001", "\\u001f", "é",
      "\u20ac", "\U0001F600", "/",    " ",    "\\t", "\x7f",    "abcdefg", "abcdefgh"};
  std::string text = "\"";
  for (std::size_t n = random() % 6; n > 0; --n) text += kPieces[random() % kPieces.size()];
  return text + '"';
}

std::string random_value(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 9 : 7)) {
    case 0:
      return "null";
    case 1:
      return random() % 2 ? "true" : "false";
    case 2:
      return std::to_string(static_cast<std::int64_t>(random()) * 1'000'003 - 1'000'000);
    case 3:
      return std::to_string(static_cast<int>(random() % 2000) - 1000) + ".5";
    case 4:
      return "1e+" + std::to_string(20 + random() % 200);
    case 5:
    case 6:
      return random_string(random);
    case 7:
      return "[" + random_value(random, depth - 1) + "," + random_value(random, 0) + "]";
    default:
      return "{" + random_string(random) + ":" + random_value(random, depth - 1) + "}";
  }
}

}  // namespace

TEST_CASE("json.format writes a number that nobody changed as it came") {
  CHECK(format({"", {{"a", "#19.90"}, {"b", "#1E5"}, {"c", "#0.12345678901234567890"}}, {}}) ==
        R"({"a":19.90,"b":1E5,"c":0.12345678901234567890})");
}

TEST_CASE("json.format writes one line, whatever nested values look like") {
  const Datum record{"", {{"a", "[1,\n  {\"b c\": \"x \\\" y\"}\r\n]"}, {"d", "[ 1, 2 ]"}}, {}};
  CHECK(format(record) == R"({"a":[1,{"b c":"x \" y"}],"d":[ 1, 2 ]})");
  CHECK(format(record, {"a"}) == R"({"a":[1,{"b c":"x \" y"}]})");
}

TEST_CASE("json.format writes all fields, in their order") {
  CHECK(format({"old",
                {{"b", "1"}, {"a", "\"x\""}, {"n", "null"}, {"t", "true"}, {"f", "false"}},
                {}}) == R"({"b":1,"a":"x","n":null,"t":true,"f":false})");
  CHECK(format({"old", {}, {}}) == "{}");
  CHECK(format({"", {{"r", "0.1"}, {"w", "3.0"}, {"m", "-7"}, {"j", "[1, {}]"}}, {}}) ==
        R"({"r":0.1,"w":3.0,"m":-7,"j":[1, {}]})");
}

TEST_CASE("json.format writes only the columns that are asked for") {
  const Datum record{"", {{"a", "1"}, {"b", "{\"c\":\"x\"}"}}, {}};
  CHECK(format(record, {"b.c", "a", "none"}) == R"({"b.c":"x","a":1,"none":null})");
  CHECK_THROWS_WITH(format(record, {"a", "b", "a"}), "duplicate column 'a'");
}

TEST_CASE("json.format escapes what JSON wants escaped") {
  CHECK(format({"", {{"a\"b", "\"\"\\\b\f\n\r\t\x01\x1f\x7f\""}}, {}}) ==
        R"({"a\"b":"\"\\\b\f\n\r\t\u0001\u001f)"
        "\x7f\"}");
  CHECK(format({"", {{"é", "\"€😀\""}}, {}}) == "{\"é\":\"€😀\"}");
  CHECK(format({"", {{"a", "\"x\xff\xc0y\xe2\x82\""}}, {}}) ==
        "{\"a\":\"x\ufffd\ufffdy\ufffd\ufffd\"}");
  // Long strings whose every place may hold the one character that counts.
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\n';
      std::string escaped(size, 'x');
      escaped.replace(at, 1, "\\n");
      CHECK(format({"", {{"a", '"' + text + '"'}}, {}}) == "{\"a\":\"" + escaped + "\"}");
    }
  }
}

TEST_CASE("json.format replaces, keeps or refuses what is not UTF-8") {
  const Datum record{"", {{"good", "\"ü\""}, {"bad", "\"x\xffy\xe2\x82\""}}, {}};
  const auto with = [&](const char* action) {
    kit::StageKit stage(types(), "json.format", kit::map({{"on_invalid", kit::scalar(action)}}));
    const Datum out = stage.transform_at_every_cut({record}).at(0);
    return out.error.empty() ? out.text : out.error;
  };
  CHECK(with("replace") == "{\"good\":\"ü\",\"bad\":\"x\ufffdy\ufffd\ufffd\"}");
  CHECK(with("keep") == "{\"good\":\"ü\",\"bad\":\"x\xffy\xe2\x82\"}");
  CHECK(with("error") == "encoding: field 'bad' is not UTF-8");
}

TEST_CASE("json.format of json.parse gives the text back") {
  std::mt19937 random(20261);
  kit::StageKit parse(types(), "json.parse");
  kit::StageKit format(types(), "json.format");
  std::vector<Datum> input;
  for (int i = 0; i < 2000; ++i) {
    std::string text = "{";
    for (std::size_t n = random() % 12; n > 0; --n) {
      text += (text.size() > 1 ? ",\"k" : "\"k") + std::to_string(n) +
              random_string(random).substr(1) + ":" + random_value(random, 3);
    }
    input.push_back({text + "}", {}, {}});
  }
  const auto parsed = parse.transform_at_every_cut(input);
  for (std::size_t i = 0; i < input.size(); ++i) {
    INFO(input[i].text);
    REQUIRE(parsed[i].error.empty());
  }
  const std::vector<Datum> again = format.transform_at_every_cut(parsed);
  const auto reparsed = parse.transform_at_every_cut(again);
  for (std::size_t i = 0; i < input.size(); ++i) {
    INFO(input[i].text);
    CHECK(again[i].text == input[i].text);
    CHECK(reparsed[i].fields == parsed[i].fields);
  }
}

TEST_CASE("json.format indents members, elements and nested values") {
  const auto indented = [](const char* indent, decltype(kit::Datum::fields) fields) {
    kit::StageKit stage(types(), "json.format", kit::map({{"indent", kit::scalar(indent)}}));
    return stage.transform_at_every_cut({{"", std::move(fields), {}}}).at(0).text;
  };
  CHECK(indented(
            "2",
            {{"a", "1"}, {"b", R"({"c" :[ 1,{"d":"x, {\"}"}, [ ] ],"e":{ }})"}, {"f", "null"}}) ==
        "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      1,\n      {\n        \"d\": "
        "\"x, {\\\"}\"\n      },\n      []\n    ],\n    \"e\": {}\n  },\n  \"f\": null\n}");
  CHECK(indented("0", {{"a", "[1]"}}) == "{\n\"a\": [\n1\n]\n}");
  CHECK(indented("8", {{"a", "\"x\ny\xff\""}}) == "{\n        \"a\": \"x\\ny\xef\xbf\xbd\"\n}");
  CHECK(indented("2", {}) == "{}");
  CHECK_THROWS_WITH(indented("9", {}), "expected at most 8, got '9'\n");
  CHECK_THROWS_WITH(indented("-1", {}), "expected at least 0, got '-1'\n");
}

TEST_CASE("json.format indents what is no JSON after all without leaving it") {
  kit::StageKit stage(types(), "json.format", kit::map({{"indent", kit::scalar("1")}}));
  for (const char* raw : {"[[]", "{]}", "[\"\\\"]", "{\"a\\\"}", "[}x]", "{{}"}) {
    const auto out = stage.transform_at_every_cut({{"", {{"a", raw}, {"b", "1"}}, {}}});
    CHECK(out.at(0).text.ends_with("\"b\": 1\n}"));
  }
}

TEST_CASE("an indented record that would pass limits.record is an error") {
  kit::StageKit stage(types(), "json.format", kit::map({{"indent", kit::scalar("8")}}));
  stage.set_record_limit(100'000);
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += '[';
  CHECK(stage.transform({{"", {{"a", deep + "1" + std::string(1000, ']')}}, {}}})
            .at(0)
            .error.starts_with("too_big"));
}

}  // namespace weir::stages::test
