#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;

std::string format(const std::string& pattern, const Datum& record, std::size_t limit = 1 << 20) {
  static const Registry types = [] {
    Registry result;
    add_text_stages(result);
    return result;
  }();
  kit::StageKit stage(types, "text.format", kit::map({{"template", kit::scalar(pattern)}}));
  stage.set_record_limit(limit);
  const auto out = stage.transform_at_every_cut({record, record});
  REQUIRE(out.size() == 2);
  CHECK(out[0] == out[1]);
  return out[0].error.empty() ? out[0].text : out[0].error;
}

}  // namespace

TEST_CASE("text.format fills a template from fields of every type") {
  const Datum record{
      "the text",
      {{"t", "\"a b\""}, {"i", "-42"}, {"r", "0.25"}, {"b", "true"}, {"n", "null"}, {"j", "[1]"}},
      {}};
  CHECK(format("{t}|{i}|{r}|{b}|{n}|{j}|{none}", record) == "a b|-42|0.25|true||[1]|");
  CHECK(format("{{{i}}} <{record.text}>", record) == "{-42} <the text>");
  CHECK(format("no field", record) == "no field");
  CHECK(format("{none}", record).empty());
}

TEST_CASE("text.format reads paths into nested JSON") {
  CHECK(format("{u.name}/{u.id}/{u.x}", {"", {{"u", R"({"name":"ann","id":7})"}}, {}}) == "ann/7/");
}

TEST_CASE("text.format writes what nobody changed as it came, but nested values in one line") {
  CHECK(format("{a} {b}", {"", {{"a", "#19.90"}, {"b", "#1E5"}}, {}}) == "19.90 1E5");
  CHECK(format("{a}", {"", {{"a", "[1,\n 2, \"x  y\"]"}}, {}}) == "[1,2,\"x  y\"]");
}

TEST_CASE("text.format writes numbers without an exponent where they fit") {
  const auto show = [](const char* number) { return format("{x}", {"", {{"x", number}}, {}}); };
  CHECK(show("100000.0") == "100000");
  CHECK(show("0.0001") == "0.0001");
  CHECK(show("1234567890123456.5") == "1234567890123456.5");
  CHECK(show("-1.5e300") == "-1.5e+300");
  CHECK(show("0.0") == "0");
  CHECK(show("-9223372036854775808") == "-9223372036854775808");
}

TEST_CASE("text.format past limits.record is an error of the record") {
  const Datum record{"", {{"t", '"' + std::string(300, 'x') + '"'}}, {}};
  CHECK(format("{t}{t}{t}{t}", record, 1000) ==
        "too_big: the record passed limits.record in this stage");
}

}  // namespace weir::stages::test
