#include <catch2/catch.hpp>
#include <fstream>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"
#include "tests/machine/skip.h"

namespace weir::stages::test {

namespace {

using kit::Datum;

constexpr auto types = kit::types_of<add_json_stages>;

Datum parse(const std::string& text) {
  kit::StageKit stage(types(), "json.parse", kit::map({{"on_blank", kit::scalar("error")}}));
  return stage.transform_at_every_cut({{text, {}, {}}}).at(0);
}

/// The fields as "name=value", or the error.
std::string parsed(const std::string& text) {
  const Datum out = parse(text);
  if (!out.error.empty()) return out.error;
  CHECK(out.text == text);
  std::string shown;
  for (const auto& [name, value] : out.fields) {
    shown += (shown.empty() ? "" : " ") + name + "=" + value;
  }
  return shown;
}

}  // namespace

TEST_CASE("json.parse makes a field of each member, with its type") {
  CHECK(parsed(R"({"a":1,"b":-2.5,"c":true,"d":false,"e":null,"f":"x y"})") ==
        R"(a=1 b=-2.5 c=true d=false e=null f="x y")");
  CHECK(parsed("{}").empty());
  CHECK(parsed(" \t{ \"a\" :\n1 , \"b\":\"c\" } \r\n") == R"(a=1 b="c")");
  CHECK(parsed(R"({"":""})") == R"(="")");
  CHECK(parsed(R"({"a":{"b":[1, {"c":"]"}]} ,"d":[]  })") == R"(a={"b":[1, {"c":"]"}]} d=[])");
}

TEST_CASE("json.parse keeps numbers exact, with their digits") {
  CHECK(parsed(R"({"a":9223372036854775807,"b":-9223372036854775808,"c":0,"d":-0})") ==
        "a=9223372036854775807 b=-9223372036854775808 c=0 d=-0");
  CHECK(parsed(R"({"a":999999999999999999,"b":1000000000000000000})") ==
        "a=999999999999999999 b=1000000000000000000");
  CHECK(parsed(R"({"a":9223372036854775808,"b":-123456789012345678901234567890})") ==
        "a=9223372036854775808 b=-123456789012345678901234567890");
  CHECK(parsed(R"({"a":1e3,"b":1E-2,"c":0.1,"d":1.7976931348623157e308,"e":1e400,"f":5e-324})") ==
        "a=1e3 b=1E-2 c=0.1 d=1.7976931348623157e308 e=1e400 f=5e-324");
  CHECK(parsed(R"({"a":0.12345678901234567890,"b":19.90,"c":1E5,"d":-0.0,"e":[1.50]})") ==
        "a=0.12345678901234567890 b=19.90 c=1E5 d=-0.0 e=[1.50]");
  const std::string tiny = "0." + std::string(400, '0') + "1";
  CHECK(parsed("{\"a\":" + tiny + ",\"b\":1e-400}") == "a=" + tiny + " b=1e-400");
}

TEST_CASE("json.parse unescapes names and strings") {
  CHECK(parsed(R"({"a\tb":"\"\\\/\b\f\n\r\t"})") == "a\tb=\"\"\\/\b\f\n\r\t\"");
  CHECK(parsed(R"({"a":"\u0041\u00e9\u20ac\ud83d\ude00!"})") == "a=\"A\u00e9\u20ac\U0001F600!\"");
  CHECK(parsed(R"({"a":"\u0000"})") == std::string("a=\"\0\"", 5));
  CHECK(parsed("{\"é\":\"ü\"}") == "é=\"ü\"");
}

TEST_CASE("json.parse: of members of the same name the last wins, in the place of the first") {
  CHECK(parsed(R"({"a":1,"b":2,"a":3})") == "a=3 b=2");
  CHECK(parsed(R"({"a":1,"\u0061":2})") == "a=2");
  // The same names as the record before, but for a late repetition.
  kit::StageKit stage(types(), "json.parse");
  const auto out = stage.transform_at_every_cut({{R"({"a":1,"b":2,"c":3})", {}, {}},
                                                 {R"({"a":1,"b":2,"a":3})", {}, {}},
                                                 {R"({"a":1,"b":2,"c":3,"c":4})", {}, {}},
                                                 {R"({"b":1})", {}, {}}});
  using Fields = decltype(Datum::fields);
  CHECK(out[0].fields == Fields{{"a", "1"}, {"b", "2"}, {"c", "3"}});
  CHECK(out[1].fields == Fields{{"a", "3"}, {"b", "2"}});
  CHECK(out[2].fields == Fields{{"a", "1"}, {"b", "2"}, {"c", "4"}});
  CHECK(out[3].fields == Fields{{"b", "1"}});
}

TEST_CASE("json.parse says what is wrong and where") {
  CHECK(parsed("[1]") ==
        "json: expected an object, got an array at byte 0: 'into' takes any value");
  CHECK(parsed(" 12") ==
        "json: expected an object, got number 12 at byte 1: 'into' takes any value");
  CHECK(parsed("") == "json: expected an object, got nothing at byte 0");
  CHECK(parsed("  ") == "json: expected an object, got nothing at byte 0");
  CHECK(parsed("nope") == "json: expected an object, got 'nope' at byte 0");
  CHECK(parsed("{\"a\":1") == "json: expected ',' or '}', got the end of the text at byte 6");
  CHECK(parsed("{\"a\":1}}") == "json: expected the end, got '}' at byte 7");
  CHECK(parsed("{\"a\":1} {}") == "json: expected the end, got an object at byte 8");
  CHECK(parsed("{\"a\":}") == "json: expected a value, got '}' at byte 5");
  CHECK(parsed("{\"a\" 1}") == "json: expected ':', got number 1 at byte 5");
  CHECK(parsed("{a:1}") == "json: expected a key in quotes, got 'a' at byte 1");
  CHECK(parsed("{\"a\":1,}") == "json: expected a key in quotes, got '}' at byte 7");
  CHECK(parsed("{\"a\":01}") == "json: expected a value, got '01' at byte 5");
  CHECK(parsed("{\"a\":1.}") == "json: expected a value, got '1.' at byte 5");
  CHECK(parsed("{\"a\":+1}") == "json: expected a value, got '+1' at byte 5");
  CHECK(parsed("{\"a\":True}") == "json: expected a value, got 'True' at byte 5");
  CHECK(parsed("{\"a\":1\"b\"}") == "json: expected a value, got '1\"b\"' at byte 5");
  CHECK(parsed("{\"a\":[1,]}") == "json: expected a value, got ']' at byte 8");
  CHECK(parsed("{\"a\":[1 2]}") == "json: expected ',' or ']', got number 2 at byte 8");
  CHECK(parsed("{\"a\":{\"b\":nul}}") == "json: expected a value, got 'nul' at byte 10");
  CHECK(parsed("{\"a\":\"b}") == "json: a string without its closing '\"' at byte 5");
  CHECK(parsed("{\"a\":\"b\nc\"}") == "json: a control character in a string at byte 7");
  CHECK(parsed("{\"a\":\"\\x\"}") == "json: an escape that JSON does not have at byte 6");
  CHECK(parsed("{\"a\":[\"\\u12\"]}") == "json: an escape that JSON does not have at byte 7");
  CHECK(parsed("{\"a\":\"\\ud800\"}") == "json: half of a surrogate pair at byte 6");
  CHECK(parsed("{\"a\":\"\\udc00\"}") == "json: half of a surrogate pair at byte 6");
  CHECK(parsed(R"({"a":["x\uD83Dx"]})") == "json: half of a surrogate pair at byte 8");
  CHECK(parsed(R"({"a":"\ud83d\ud83d"})") == "json: half of a surrogate pair at byte 6");
  CHECK(parsed(R"({"a":"\ud83d\n"})") == "json: half of a surrogate pair at byte 6");
  CHECK(parsed(R"({"a":"\ud8"})") == "json: an escape that JSON does not have at byte 6");
  CHECK(parsed(R"({"a":"\ud83d\u12"})") == "json: half of a surrogate pair at byte 6");
  CHECK(parsed("{\"a\":\"x\xff\"}") == "json: invalid UTF-8 at byte 7");
  CHECK(parsed("{\"a\":\"\xed\xa0\x80\"}") == "json: invalid UTF-8 at byte 6");
  CHECK(parsed(std::string("{\"a\":\0}", 7)) == "json: expected a value, got byte 0x00 at byte 5");
}

TEST_CASE("json.parse reads no byte behind the text as part of it") {
  // The buffer goes on where the record ends: what follows would make it valid.
  const std::string whole = R"({"a":1}})";
  kit::StageKit stage(types(), "json.parse");
  const auto out = stage.transform_at_every_cut({{whole.substr(0, 6), {}, {}}, {whole, {}, {}}});
  CHECK(out[0].error == "json: expected ',' or '}', got the end of the text at byte 6");
}

TEST_CASE("json.parse survives nesting of any depth") {
  const auto nested = [](std::size_t depth, const std::string& open, const std::string& close) {
    std::string text = "{\"a\":";
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += "1";
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text + "}";
  };
  CHECK(parsed(nested(1000, "[", "]")).starts_with("a=[[["));
  CHECK(parsed(nested(1000, "{\"a\":", "}")).starts_with("a={"));
  CHECK(parsed(nested(100'000, "[", "]")) == "json: nested deeper than 1024 at byte 1029");
  CHECK(parsed("{\"a\":" + std::string(100'000, '[')) ==
        "json: nested deeper than 1024 at byte 1029");
}

TEST_CASE("json.parse takes an object with very many members in linear time") {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) {
    text += (i ? ",\"k" : "\"k") + std::to_string(i % 99'999) + "\":" + std::to_string(i);
  }
  const Datum out = parse(text + "}");
  REQUIRE(out.error.empty());
  CHECK(out.fields.size() == 99'999);
  CHECK(out.fields[0] == std::pair<std::string, std::string>("k0", "99999"));
}

TEST_CASE("json.parse drops a record whose text is blank, or fails it where that is asked for") {
  const std::vector<Datum> records = {{"", {}, {}}, {" \t\r\n", {}, {}}, {"{}", {}, {}}};
  CHECK(kit::StageKit(types(), "json.parse").transform_at_every_cut(records).size() == 1);
  const auto out =
      kit::StageKit(types(), "json.parse", kit::map({{"on_blank", kit::scalar("error")}}))
          .transform_at_every_cut(records);
  REQUIRE(out.size() == 3);
  CHECK(out[1].error == "json: expected an object, got nothing at byte 0");
}

TEST_CASE("json.parse reads real files", "[.real_data]") {
  const auto path = real_log("github_events.json");
  if (!path) return;
  std::ifstream file(*path);
  const std::string array((std::istreambuf_iterator<char>(file)), {});
  const Datum out = parse("{\"events\":" + array + "}");
  REQUIRE(out.error.empty());
  CHECK(out.fields.at(0).second.size() + 1 >= array.size());
}

}  // namespace weir::stages::test
