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

TEST_CASE("text.format names fields as expressions do") {
  const Datum record{"t",
                     {{"odd|name", "1"},
                      {"a}b", "2"},
                      {"a.b", "3"},
                      {"a", R"({"b":4,"c d":{"e":5},"l":[6]})"},
                      {"q\"\\", "7"},
                      {"record", "8"},
                      {"fields", "9"},
                      {"user-agent", "10"}},
                     {}};
  CHECK(format(R"({fields["odd|name"]} {fields["a}b"]} {fields['a}b']})", record) == "1 2 2");
  CHECK(format(R"({fields["a.b"]} {a["b"]} {a["c d"].e} {a.l.0} {fields.a.l.0})", record) ==
        "3 3 5 6 6");
  CHECK(format("{a.b}", record) == "3");  // A field of that very name wins over the path
  CHECK(format(R"({fields["q\"\\"]} {fields["record"]} {fields["fields"]} { user-agent })",
               record) == "7 8 9 10");
  kit::StageKit stage(kit::types_of<&add_text_stages>(), "text.format",
                      kit::map({{"template", kit::scalar("{record.position} {record.origin} "
                                                         "{record.path}|{record.error.kind}|")}}));
  const auto out = stage.transform_at_every_cut({record, record});
  CHECK(out.at(0).text == "0 :0 ||");
  CHECK(out.at(1).text == "1 :1 ||");
}

TEST_CASE("the filters of a template change what is written, from left to right") {
  const Datum record{"a/b c.csv.gz",
                     {{"t", "\"x\"y\""},
                      {"n", "1"},
                      {"z", "null"},
                      {"e", "\"\""},
                      {"j", "[1,\n 2]"},
                      {"p", "\"/a.d/b.tar.x/\""},
                      {"hidden", "\"d/.rc\""}},
                     {}};
  CHECK(format("{t|json} {n|json} {z|json} {none|json} {j|json} {n|or 2|json}", record) ==
        R"("x\"y" 1 null null [1,2] 1)");
  CHECK(format("{z|or a b} {none | or c } {e|or -} {n|or 0} {e}|", record) == "a b c - 1 |");
  CHECK(format("{record.text|url}", record) == "a%2Fb%20c.csv.gz");
  CHECK(format("{record.text|raw}", record) == "a/b c.csv.gz");
  CHECK(format("{record.text|name} {record.text|stem} {p|name} {p|stem} {hidden|stem}", record) ==
        "b c.csv.gz b c b.tar.x b.tar .rc");
  CHECK(format("{record.text|stem|url} {none|stem|or none} {n|name}", record) == "b%20c none 1");
}

TEST_CASE("a time is written as a filter says, in UTC") {
  const auto write = [](const std::string& format_text, const std::string& time) {
    return format("{t|" + format_text + "}", {"", {{"t", time}}, {}});
  };
  CHECK(write("%Y-%m-%d", "\"2026-01-31T23:30:00-01:00\"") == "2026-02-01");
  CHECK(write("%Y-%m-%d %H:%M:%S", "0") == "1970-01-01 00:00:00");
  CHECK(write("%F", "-0.5") == "1969-12-31");
  CHECK(write("%d|or none", "null") == "none");
  CHECK(write("%d|or none", "\"\"") == "none");
  CHECK(write(" %d/%b | url ", "86400") == "02%2FJan");
  CHECK(write("%F", "\"soon\"") ==
        "time: '{t|%F}': expected a time such as 2026-01-31T23:59:59Z, got 'soon'");
  CHECK(format("{none|%F}|{record.line}|", {}) == "||");
  CHECK_THAT(kit::refused(kit::types_of<&add_text_stages>(), "text.format",
                          kit::map({{"template", kit::scalar("{t|%F %Q}")}})),
             Catch::StartsWith("unknown conversion '%Q'"));
}

TEST_CASE("a template says what is wrong with it, and where") {
  const auto refused = [](const std::string& pattern) {
    return kit::refused(kit::types_of<&add_text_stages>(), "text.format",
                        kit::map({{"template", kit::scalar(pattern)}}));
  };
  CHECK(refused("{x|rw}") == "unknown filter 'rw'\n");
  CHECK(refused("{x:raw}") == "expected '|' before a filter, got ':' [':raw' is now '|raw']\n");
  CHECK(refused("{a:b|raw}") ==
        "expected '|' before a filter, got ':' [a field of that name is fields[\"a:b\"]]\n");
  CHECK(refused("{}") == "expected a field, got nothing\n");
  CHECK(refused("{ | raw}") == "expected a field, got nothing\n");
  CHECK(refused("{x|}") == "expected a filter behind '|', got nothing\n");
  CHECK(refused("{x||raw}") == "expected a filter behind '|', got nothing\n");
  CHECK(refused("{x|or}") == "expected a text behind 'or', got nothing\n");
  CHECK(refused("{x|order 1}") == "unknown filter 'order 1'\n");
  CHECK(refused("{record}") ==
        "expected a '.' behind 'record', got 'record' [a field of that name "
        "is fields[\"record\"]]\n");
  CHECK(refused("{record.part}") ==
        "unknown part 'part' of 'record' [it has text, line, position, path, origin, error.kind, "
        "error.message, error.stage, error.attempts]\n");
  CHECK(refused("{fields}") ==
        "expected [\"name\"] behind 'fields', got nothing [a field of that "
        "name is fields[\"fields\"]]\n");
  CHECK(refused("{a[0]}") == "expected [\"name\"], got '[0]'\n");
  CHECK(refused("{a[\"b\"}") == "expected [\"name\"], got '[\"b\"'\n");
  CHECK(refused("{a[\"b\"]c}") == "expected '.' or '[', got 'c'\n");
  CHECK(refused("{a[\"b}") == "'{' without '}'; write '{{' for a brace\n");
  CHECK(refused("{a..b}") == "a step of a path is empty or holds a '.'\n");
  CHECK(refused("{a[\"b.c\"]}") == "a step of a path is empty or holds a '.'\n");
}

TEST_CASE("text.format past limits.record is an error of the record") {
  const Datum record{"", {{"t", '"' + std::string(300, 'x') + '"'}}, {}};
  CHECK(format("{t}{t}{t}{t}", record, 1000) ==
        "too_big: the record passed limits.record in this stage");
}

}  // namespace weir::stages::test
