#include <simdjson.h>

#include <catch2/catch.hpp>
#include <random>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

const std::vector<std::string>& seeds() {
  static const std::vector<std::string> result = {
      R"({"time":"2026-01-02T12:37:13.378Z","status":201,"ms":286.51,"ok":true,"none":null})",
      R"({"a":{"b":[1,-2.5e3,"x\n\u00e9\ud83d\ude00",[],{}]},"c":[true,false,null],"d":"\\\""})",
      R"( { "k" : [ { "deep" : [ [ 1 ] , { } ] } , 0 ] , "k" : 9223372036854775807 } )",
      "{\"é\":\"ü€😀\",\"\":-0.0}"};
  return result;
}

std::string mutate(std::mt19937& random) {
  static constexpr std::string_view kBytes =
      "{}[]:,\"\\ \n\t0123456789-+.eEtrufalsn\x01\x7f\xc3\xa9\xff";
  std::string text = seeds()[random() % seeds().size()];
  for (std::size_t n = 1 + random() % 4; n > 0 && !text.empty(); --n) {
    const std::size_t at = random() % text.size();
    switch (random() % 5) {
      case 0:
        text[at] = kBytes[random() % kBytes.size()];
        break;
      case 1:
        text.insert(at, 1, kBytes[random() % kBytes.size()]);
        break;
      case 2:
        text.erase(at, 1 + random() % 3);
        break;
      case 3:
        text.resize(at);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), random() % 8));
        break;
    }
  }
  return text;
}

/// What simdjson's own parser says; `differs` where it and weir mean not to agree.
bool accepts(simdjson::dom::parser& parser, const std::string& text, bool& differs) {
  const simdjson::padded_string padded(text);
  simdjson::dom::object object;
  const simdjson::error_code code = parser.parse(padded).get(object);
  // Numbers that it has no type for are kept as they are written.
  differs = code == simdjson::NUMBER_ERROR || code == simdjson::NUMBER_OUT_OF_RANGE;
  return code == simdjson::SUCCESS;
}

bool has_large_number(const std::string& text) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits >= 19) return true;
  }
  return text.find_first_of("eE") != std::string::npos;
}

}  // namespace

TEST_CASE("json.parse accepts what simdjson accepts, and nothing else") {
  Registry types;
  add_json_stages(types);
  std::mt19937 random(4711);
  simdjson::dom::parser parser;
  kit::StageKit stage(types, "json.parse", kit::map({{"on_blank", kit::scalar("error")}}));
  std::vector<kit::Datum> input;
  for (int i = 0; i < 20'000; ++i) input.push_back({mutate(random), {}, {}});
  const auto out = stage.transform_at_every_cut(input);
  int accepted = 0;
  for (std::size_t i = 0; i < input.size(); ++i) {
    bool differs = false;
    const bool wanted = accepts(parser, input[i].text, differs);
    if (differs && has_large_number(input[i].text)) continue;
    INFO(input[i].text << "\n" << out[i].error);
    REQUIRE(out[i].error.empty() == wanted);
    accepted += wanted;
  }
  CHECK(accepted > 1000);
  CHECK(accepted < 19'000);
}

}  // namespace weir::stages::test
