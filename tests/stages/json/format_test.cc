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

}  // namespace weir::stages::test
