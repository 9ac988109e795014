#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;

const Datum& record() {
  static const Datum result{
      "the text",
      {{"status", "404"},
       {"ms", "12.5"},
       {"path", "\"/Api/v1\""},
       {"word", "\" x  y \""},
       {"digits", "\"404\""},
       {"yes", "true"},
       {"no", "false"},
       {"none", "null"},
       {"end", "7"},
       {"odd name", "\"odd\""},
       {"string", "\"s\""},
       {"user",
        R"({"name": "ann", "age": 30, "tags": ["a", "b"], "odd key": {"x": 1}, "n": null})"},
       {"big", "9007199254740993"},
       {"time", "\"2026-01-31T23:59:59.5Z\""}},
      {}};
  return result;
}

/// The value of an expression over the record above; its error, or what is wrong with it.
std::string value(const std::string& text, const Datum& over = record()) {
  detail::ExpressionProblem problem;
  const auto compiled = expression_language().compile(text, problem);
  if (!compiled) {
    return std::to_string(problem.offset) + ": " + problem.message +
           (problem.hint.empty() ? "" : " [" + problem.hint + "]");
  }
  static const Registry types = [] {
    Registry registry;
    add_core_stages(registry);
    return registry;
  }();
  kit::StageKit set(types, "set",
                    kit::map({{"fields", kit::map({{"result", kit::scalar(text)}})}}));
  const Datum out = set.transform_at_every_cut({over}).at(0);
  if (!out.error.empty()) return out.error;
  // What `where:` makes of it must agree.
  kit::StageKit filter(types, "filter", kit::map({{"where", kit::scalar(text)}}));
  const std::string shown = out.fields.back().second;
  CHECK(filter.transform_at_every_cut({over}).size() ==
        (shown == "null" || shown == "false" ? 0 : 1));
  return shown;
}

struct Case {
  std::string text;
  std::string wanted;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(value(c.text) == c.wanted);
  }
}

}  // namespace

TEST_CASE("an expression reads fields, paths and parts of the record") {
  check({{"status", "404"},
         {"ms", "12.5"},
         {"path", "\"/Api/v1\""},
         {"yes", "true"},
         {"none", "null"},
         {"missing", "null"},
         {"user.name", "\"ann\""},
         {"user.age + 1", "31"},
         {"user.tags.0", "\"a\""},
         {"user.tags.2", "null"},
         {"user.tags", "\"[\"a\", \"b\"]\""},
         {"user[\"odd key\"].x", "1"},
         {"user.n", "null"},
         {"user.name.more", "null"},
         {"path.more", "null"},
         {"fields[\"odd name\"]", "\"odd\""},
         {"fields['user'].age", "30"},
         {"fields.status", "404"},
         {"fields[\"end\"]", "7"},
         {"user[\"end\"]", "null"},
         {"string", "\"s\""},
         {"record.text", "\"the text\""},
         {"record.position", "0"},
         {"record.line", "null"},
         {"record.error", "null"},
         {"record.error.kind == nil", "true"}});
}

TEST_CASE("a field that is all of an expression keeps its digits") {
  const Datum priced{"", {{"price", "#0.12345678901234567890"}, {"n", "#1E5"}}, {}};
  CHECK(value("price", priced) == "0.12345678901234567890");
  CHECK(value("(n)", priced) == "1E5");
  CHECK(value("n + 0", priced) == "100000");
  CHECK(value("n == 100000", priced) == "true");
}

TEST_CASE("an expression has Lua's operators and precedence") {
  check({{"1 + 2 * 3", "7"},
         {"(1 + 2) * 3", "9"},
         {"2 ^ 3 ^ 2", "512"},
         {"-2 ^ 2", "-4"},
         {"2 ^ -1", "0.5"},
         {"7 % 3", "1"},
         {"-7 % 3", "2"},
         {"10 - 3 - 2", "5"},
         {"8 / 2 / 2", "2"},
         {"1 .. 2 .. 3", "\"123\""},
         {"'a' .. 1 + 1", "\"a2\""},
         {"#path", "7"},
         {"#path + 1", "8"},
         {"not nil", "true"},
         {"not 0", "false"},
         {"not status == 404", "false"},
         {"nil or 1", "1"},
         {"false and 1", "false"},
         {"1 and 2 or 3", "2"},
         {"nil and 2 or 3", "3"},
         {"true or missing + 1", "true"},
         {"1 == 1 and 2 > 1", "true"},
         {"0x10", "16"},
         {"1e3", "1000"},
         {".5 + .5", "1"},
         {"'it''s' == 1", "4: expected an operator, got ''s''"},
         {R"("a\tb\65\x42\\")", "\"a\tbAB\\\""},
         {"[[long]]", "\"long\""},
         {"[==[a]]b]==]", "\"a]]b\""},
         {"status -- a comment", "404"},
         {"1 / 0", "inf"},
         {"({4, 5})[2]", "5"}});
}

TEST_CASE("an expression compares numbers with numbers and texts with texts") {
  check({{"status >= 400", "true"},
         {"status > 404", "false"},
         {"status <= 404", "true"},
         {"status < 404.5", "true"},
         {"400 <= status and status < 500", "true"},
         {"status == 404", "true"},
         {"status ~= 404", "false"},
         {"path == '/Api/v1'", "true"},
         {"path < '/B'", "true"},
         {"'a' >= 'b'", "false"},
         {"yes == true", "true"},
         {"yes == no", "false"},
         {"none == nil", "true"},
         {"missing == nil", "true"},
         {"nil ~= status", "true"},
         {"yes == 1", "false"},
         {"path == missing", "false"},
         {"status == user.none", "false"}});
}

TEST_CASE("an ordering comparison with nil is false") {
  check({{"missing > 1", "false"},
         {"missing < 1", "false"},
         {"missing >= 1", "false"},
         {"missing <= 1", "false"},
         {"1 < missing", "false"},
         {"missing < missing", "false"},
         {"missing <= missing", "false"},
         {"none > 'a'", "false"},
         {"not (missing > 1)", "true"},
         {"user.none >= 3 or status == 404", "true"}});
}

TEST_CASE("text against a number is an error that names types") {
  const std::string hint =
      ": 'types: { digits: number }' where it is parsed makes it a number, and so does "
      "tonumber(...) here";
  check(
      {{"digits >= 400",
        "expression: cannot compare number 400 with field 'digits' (text '404')" + hint},
       {"digits < 400",
        "expression: cannot compare field 'digits' (text '404') with number 400" + hint},
       {"digits == 404",
        "expression: cannot compare field 'digits' (text '404') with number 404" + hint},
       {"404 ~= digits",
        "expression: cannot compare number 404 with field 'digits' (text '404')" + hint},
       {"status == '404'",
        "expression: cannot compare field 'status' (number 404) with text "
        "'404'"},
       {"tonumber(digits) == 404", "true"},
       {"yes > 1", "expression: cannot compare number 1 with field 'yes' (boolean)"},
       {"yes < no", "expression: cannot compare field 'yes' (boolean) with field 'no' (boolean)"}});
}

TEST_CASE("an expression calls what is built in") {
  check({{"lower(path)", "\"/api/v1\""},
         {"upper(path)", "\"/API/V1\""},
         {"trim(word)", "\"x  y\""},
         {"trim('   ')", "\"\""},
         {"words(word)[2]", "\"y\""},
         {"#words(word)", "2"},
         {"split(path, '/')[2]", "\"Api\""},
         {"#split('a,,b,', ',')", "4"},
         {"split('a.b', '.')[2]", "\"b\""},
         {"split('', ',')[1]", "\"\""},
         {"lower(missing)", "null"},
         {"#words(missing)", "0"},
         {"lower(status)", "\"404\""},
         {"lower(yes)", "expression: expected text for lower, got boolean"},
         {"matches(path, '^/api(?i)')", "false"},
         {"matches(path, '(?i)^/api/v\\\\d$')", "true"},
         {"matches(missing, 'x')", "false"},
         {"matches(path, missing)",
          "expression: bad argument #2 to 'matches' (string expected, got nil)"},
         {"time(time)", "1769903999.5"},
         {"time('2026-01-31')", "1769817600"},
         {"time('2026-01-31 01:00+01:00') == time('2026-01-31T00:00:00Z')", "true"},
         {"time('1969-12-31T23:59:59Z')", "-1"},
         {"time('0000-03-01')", "-62162035200"},
         {"time('9999-12-31T23:59:59.25Z') - time('9999-12-31T23:59:59Z')", "0.25"},
         {"time(missing)", "null"},
         {"time('today')",
          "expression: time: expected a time such as 2026-01-31T23:59:59Z, got 'today'"},
         {"time('2026-02-30')",
          "expression: time: expected a time such as 2026-01-31T23:59:59Z, got '2026-02-30'"},
         {"tonumber('0x1F')", "31"},
         {"tonumber('x')", "null"},
         {"tostring(1.5)", "\"1.5\""},
         {"string.format('%05.1f', ms)", "\"012.5\""},
         {"path:sub(2, 4)", "\"Api\""},
         {"path:sub(2, 4):lower():len()", "3"},
         {"('x'):rep(3)", "\"xxx\""},
         {"string.find(path, 'v') ~= nil", "true"},
         {"math.floor(ms)", "12"},
         {"math.max(1, status, 3)", "404"},
         {"math.huge", "inf"},
         {"table.concat({1, 'b', 3}, '-')", "\"1-b-3\""},
         {"table.concat(words(word), '_')", "\"x_y\""}});
}

TEST_CASE("an error in an expression is an error of its record, in the author's words") {
  check({{"missing + 1",
          "expression: attempt to perform arithmetic on field 'missing' (a nil value)"},
         {"missing .. 'x'", "expression: attempt to concatenate field 'missing' (a nil value)"},
         {"#missing", "expression: attempt to get length of field 'missing' (a nil value)"},
         {"missing:lower()", "expression: attempt to index field 'missing' (a nil value)"},
         {"words(word)", "expression: expected a value, got a table"},
         {"big + 1",
          "expression: field 'big' is 9007199254740993: Lua's numbers are exact only up to 2^53"},
         {"#string.rep('x', 1e9)", "expression: it takes too much memory"},
         {"split(path, '')", "expression: expected a separator for split, got empty text"}});
}

TEST_CASE("what is no expression is said where it is wrong, with what to write instead") {
  check({{"", "0: expected an expression, got nothing"},
         {"   ", "0: expected an expression, got nothing"},
         {"status != 3", "7: unknown operator '!=' [write '~=' for 'not equal']"},
         {"a && b", "2: unknown operator '&&' [write 'and']"},
         {"a || b", "2: unknown operator '||' [write 'or']"},
         {"!a", "0: unknown operator '!' [write 'not']"},
         {"status = 3", "7: unknown operator '=' [did you mean '=='?]"},
         {"(status = 3)", "8: expected ')', got '=' [did you mean '=='?]"},
         {"a ? b", "2: unknown operator '?' [write 'condition and a or b']"},
         {"x == null", "5: unknown value 'null' [write 'nil']"},
         {"1 < x < 3", "6: a comparison of a comparison [write 'a < b and b < c']"},
         {"status 3", "7: expected an operator, got '3'"},
         {"status >=", "9: expected a value, got the end"},
         {"(1", "2: expected ')', got the end"},
         {"f(1",
          "0: unknown function 'f' [there are lower, upper, trim, words, split, matches, "
          "time, tonumber, tostring]"},
         {"lower(1", "7: expected ')', got the end"},
         {"os.exit(1)", "7: expected an operator, got '('"},
         {"require('x')",
          "0: unknown function 'require' [there are lower, upper, trim, words, "
          "split, matches, time, tonumber, tostring]"},
         {"string.dump(x)",
          "0: unknown function 'string.dump' ['string' has byte, char, find, "
          "format, len, lower, match, rep, reverse, sub, upper]"},
         {"math.random()",
          "0: unknown function 'math.random' ['math' has abs, acos, asin, atan, "
          "atan2, ceil, cos, cosh, deg, exp, floor, fmod, frexp, ldexp, log, "
          "log10, max, min, modf, pow, rad, sin, sinh, sqrt]"},
         {"path:gsub('a', 'b')",
          "5: unknown method 'gsub' [a text has byte, char, find, format, "
          "len, lower, match, rep, reverse, sub, upper]"},
         {"if x", "0: expected a value, got 'if' [a field of that name is fields[\"if\"]]"},
         {"function() end",
          "0: expected a value, got 'function' [a field of that name is "
          "fields[\"function\"]]"},
         {"record",
          "0: expected a '.' behind 'record', got the end [a field of that name is "
          "fields[\"record\"]]"},
         {"record.foo",
          "7: unknown part 'foo' of 'record' [it has text, position, line, path, origin, "
          "error]"},
         {"fields", "6: expected [\"name\"] behind 'fields', got the end"},
         {"fields[status]", "7: expected a name in quotes, got 'status'"},
         {"user[1]",
          "5: expected a name in quotes, got '1' [the first element of 'list' is "
          "'list.0']"},
         {"'open", "0: a text without its closing quote"},
         {"'a\\q'", "2: expected an escape, got '\\q' [write '\\\\' for a backslash]"},
         {"12x", "0: expected a number, got '12x'"},
         {"a; b", "1: expected an operator, got ';'"},
         {"a € b", "2: unexpected character '€'"},
         {"matches(path, '(')", "14: expected a regular expression: missing ): ("}});
}

TEST_CASE("an expression may be long, but not deep") {
  std::string chain = "status == 1";
  for (int i = 0; i < 2000; ++i) chain += " or status == " + std::to_string(i % 300);
  CHECK(value(chain) == "false");
  std::string sum = "1";
  for (int i = 0; i < 80; ++i) sum += " + 1";
  CHECK(value(sum) == "81");
  for (const std::string opening : {"(", "not ", "- ", "{", "lower(", "1 ^ ", "'a' .. "}) {
    std::string deep;
    for (int i = 0; i < 20'000; ++i) deep += opening;
    INFO(opening);
    CHECK(value(deep + "1").find("the expression nests too deep") != std::string::npos);
  }
  for (int i = 0; i < 20'000; ++i) sum += " + 1";
  CHECK(value(sum).find("the expression nests too deep") != std::string::npos);
}

TEST_CASE("an expression says which fields it needs, once each, and whether it needs the text") {
  detail::ExpressionProblem problem;
  const auto compiled = expression_language().compile(
      "a > 1 and b.c == 2 and a < 9 and fields['d.e'] and matches(record.text, lower(b.f))",
      problem);
  REQUIRE(compiled);
  CHECK(compiled->fields() == std::vector<std::string>{"a", "b", "d.e"});
  CHECK(compiled->uses_text());
  CHECK_FALSE(expression_language().compile("record.path == 'x'", problem)->uses_text());
  CHECK(expression_language().compile("string.len(string) > 1", problem)->fields() ==
        std::vector<std::string>{"string"});
}

TEST_CASE("an expression gives the same for a record whatever came before it") {
  Registry types;
  add_core_stages(types);
  kit::StageKit set(
      types, "set",
      kit::map({{"fields", kit::map({{"r", kit::scalar("string.rep('x', n):len()")}})}}));
  std::vector<Datum> records;
  // Each takes most of what an expression may have.
  for (int i = 0; i < 6; ++i) records.push_back({"", {{"n", "20000000"}}, {}});
  for (const Datum& out : set.transform_at_every_cut(records)) {
    CHECK(out.error.empty());
    CHECK(out.fields.back().second == "20000000");
  }
}

}  // namespace weir::stages::test
