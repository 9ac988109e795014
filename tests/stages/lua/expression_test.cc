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
         {"user.tags", "[\"a\", \"b\"]"},
         {"user[\"odd key\"].x", "1"},
         {"user.n", "null"},
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
         {"matches(path, missing)", "expression: expected text for matches, got nil"},
         {"time(time)", "1769903999.5"},
         {"time('2026-01-31')", "1769817600"},
         {"time('2026-01-31 01:00+01:00') == time('2026-01-31T00:00:00Z')", "true"},
         {"time('1969-12-31T23:59:59Z')", "-1"},
         {"time('0001-01-01')", "-62135596800"},
         {"time('9999-12-31T23:59:59.25Z') - time('9999-12-31T23:59:59Z')", "0.25"},
         {"time(missing)", "null"},
         {"time('today')", "time: expected a time such as 2026-01-31T23:59:59Z, got 'today'"},
         {"time('2026-02-30')",
          "time: expected a time such as 2026-01-31T23:59:59Z, got '2026-02-30'"},
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
         {"#missing", "expression: expected a text or a list for '#', got field 'missing' (nil)"},
         {"missing:lower()", "expression: attempt to index field 'missing' (a nil value)"},
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
         {"x == null",
          "5: unknown value 'null' [write 'nil'; whether there is a field, be it null, is "
          "has(NAME)]"},
         {"1 < x < 3", "6: a comparison of a comparison [write 'a < b and b < c']"},
         {"status 3", "7: expected an operator, got '3'"},
         {"status >=", "9: expected a value, got the end"},
         {"(1", "2: expected ')', got the end"},
         {"f(1",
          "0: unknown function 'f' [there are lower, upper, trim, words, split, matches, "
          "extract, replace, time, format_time, now, duration, json, to_json, has, coalesce, hash, "
          "uuid, tonumber, tostring]"},
         {"lower(1", "7: expected ')', got the end"},
         {"os.exit(1)", "7: expected an operator, got '('"},
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
         {"a € b", "2: unknown character '€' [a field of that name is fields[\"€\"]]"},
         {"grün > 1", "2: unknown character 'ü' [a field of that name is fields[\"grün\"]]"},
         {"größe_2.x", "2: unknown character 'ö' [a field of that name is fields[\"größe_2\"]]"},
         {"a == “x”", "5: unknown character '“' [quotes are ' and \"]"},
         {"a – b", "2: unknown character '–'"},
         {"a @ b", "2: unknown character '@'"},
         {"matches(path, '(')", "14: expected a regular expression: missing ): ("}});
}

TEST_CASE("nothing goes into most functions, and nothing comes out") {
  for (const char* call :
       {"lower(missing)", "upper(none)", "trim(missing)", "time(missing, '%F')", "json(missing)",
        "format_time(missing, '%F')", "duration(missing)", "extract(missing, 'x')", "to_json(none)",
        "replace(missing, 'x', 'y')", "hash(missing)", "uuid(missing)", "tonumber(missing)",
        "tonumber(missing, 16)", "tostring(missing)", "coalesce(missing, none)"}) {
    INFO(call);
    CHECK(value(call) == "null");
  }
  check({{"#words(missing)", "0"},
         {"#split(missing, ',')", "0"},
         {"matches(missing, 'x')", "false"},
         {"words(missing)", "[]"},
         {"split(missing, ',')", "[]"}});
}

TEST_CASE("the number of arguments is checked") {
  check({{"time(path, '%F', 'UTC', 1)", "0: expected 1 to 3 arguments for 'time', got 4"},
         {"1 + lower()", "4: expected 1 argument for 'lower', got 0"},
         {"split(path)", "0: expected 2 arguments for 'split', got 1"},
         {"now(1)", "0: expected no argument for 'now', got 1"},
         {"coalesce()", "0: expected at least 1 argument for 'coalesce', got 0"},
         {"has()", "0: expected 1 argument for 'has', got 0"},
         {"has(a, b)", "0: expected 1 argument for 'has', got 2"},
         {"uuid(a, b)", "0: expected 0 to 1 arguments for 'uuid', got 2"},
         {"math.floor(1, 2)", "0: expected 1 argument for 'math.floor', got 2"},
         {"math.max()", "0: expected at least 1 argument for 'math.max', got 0"},
         {"string.rep('x')", "0: expected 2 to 3 arguments for 'string.rep', got 1"},
         {"string.rep(path:match('(.)(%d)'))", "\"v\""},
         {"path:sub()", "5: expected 1 to 2 arguments for 'sub', got 0"},
         {"path:len(1)", "5: expected no argument for 'len', got 1"},
         {"path:rep(1, 2, 3)", "5: expected 1 to 2 arguments for 'rep', got 3"},
         // A call of Lua's that gives several values gives ours its first.
         {"lower(path:match('(%u)(%l)'))", "\"a\""}});
}

TEST_CASE("times are read and written in any format and zone") {
  check(
      {{"time('31/Jan/2026:23:59:59 +0100', '%d/%b/%Y:%H:%M:%S %z')", "1769900399"},
       {"time('31/Jan/2026:23:59:59 +0100', 'common_log')", "1769900399"},
       {"time('2026-01-31 12:00', nil, 'Europe/Berlin')", "1769857200"},
       {"time('1769857200500', 'unix_ms')", "1769857200.5"},
       {"time(1769857200500, 'unix_ms')", "1769857200.5"},
       {"time(1769857200)", "1769857200"},
       {"time(1769857200500)",
        "time: expected seconds since 1970, got 1769857200500 ('format: unix_ms' reads "
        "milliseconds)"},
       {"time(yes)", "expression: expected text for time, got boolean"},
       {"time(path, '%F')", "time: field 'path': expected a time such as '%F', got '/Api/v1'"},
       {"format_time(0)", "\"1970-01-01T00:00:00Z\""},
       {"format_time(1769857200.123, '%F %T.%f', 'Europe/Berlin')", "\"2026-01-31 12:00:00.123\""},
       {"format_time(time(time), 'iso', '+02:00')", "\"2026-02-01T01:59:59.5+02:00\""},
       {"format_time(time, '%A')", "\"Saturday\""},
       {"format_time(1.5, 'unix_ms')", "1500"},
       {"format_time(1e300)",
        "time: expected seconds since 1970, got 1e+300 ('format: unix_ms' reads "
        "milliseconds)"},
       {"format_time(path)", "time: expected a time such as 2026-01-31T23:59:59Z, got '/Api/v1'"},
       {"format_time(0, '%j %V')", "\"001 01\""},
       {"now() - now()", "0"},
       {"now() > 1769857200 and now() < 1e11", "true"},
       {"duration('1h30m')", "5400"},
       {"duration('1.5ms')", "0.0015"},
       {"duration(path)", "expression: expected a duration such as 500ms or 1h30m, got '/Api/v1'"},
       {"duration('90')", "9: expected a duration such as 500ms or 1h30m, got '90'"},
       {"time(path, '%d %Q')", "15: unknown conversion '%Q'"},
       {"time(path, '%j')", "12: a format that is read takes no '%j'"},
       {"time(path, '%H:%M')", "11: missing '%d'"},
       {"time(path, word)",
        "11: expected a format in quotes, got an expression [a format is compiled once: write it "
        "in quotes, or as a param]"},
       {"time(path, 'iso', word)",
        "18: expected a zone in quotes, got an expression [a zone is compiled once: write it in "
        "quotes, or as a param]"},
       {"time(path, 'iso', 'Mars')",
        "18: unknown zone 'Mars' [write it as Europe/Berlin, UTC, local or +02:00]"},
       {"format_time(0, 'isoo')",
        "15: unknown format 'isoo' [a format of one's own has conversions such as '%Y']"}});
}

TEST_CASE("an unknown name in a call has those of which one may be meant") {
  detail::ExpressionProblem problem;
  CHECK_FALSE(expression_language().compile("time(x, 'rfc822')", problem));
  CHECK(problem.word == "rfc822");
  CHECK(problem.candidates.size() == 9);
  CHECK_FALSE(expression_language().compile("hash(x, 'sha265')", problem));
  CHECK(problem.word == "sha265");
  CHECK(problem.candidates.front() == "sha256");
}

TEST_CASE("texts are searched and changed by regular expressions") {
  check(
      {{"extract(path, '/v(\\\\d+)')", "\"1\""},
       {"extract(path, '/v\\\\d+')", "\"/v1\""},
       {"extract(path, 'x')", "null"},
       {"extract(path, '(x)?Api')", "null"},
       {"extract(path, '')", "\"\""},
       {"replace(path, '[aA]', '<\\\\0>')", "\"/<A>pi/v1\""},
       {"replace('aXbX', 'X', '')", "\"ab\""},
       {"replace('abc', '', '-')", "\"-a-b-c-\""},
       {"replace('a-b', '(\\\\w)-(\\\\w)', '\\\\2-\\\\1')", "\"b-a\""},
       {"replace(path, 'x', '\\\\1')",
        "19: expected a replacement: Rewrite schema requests 1 matches, but the regexp only has 0 "
        "parenthesized subexpressions."},
       {"replace(path, '(', '')", "14: expected a regular expression: missing ): ("},
       {"extract(path, word .. '(')",
        "expression: extract: expected a regular expression: missing ):  x  y ("}});
}

TEST_CASE("nested values are taken apart and made") {
  check({{"json('[1, {\"a\": [true, null, \"x\\\\n\"]}]')[2]['a'][3]", "\"x\n\""},
         {"json('[1,null,3]')", "[1,null,3]"},
         {"#json('[1,null,null]')", "3"},
         {"json(' {\"b\":1,\"a\":{}, \"b\":[]} ')", "{\"a\":{},\"b\":[]}"},
         {"json('5')", "5"},
         {"json('null')", "null"},
         {"json(\"\\\"x\\\"\")", "\"x\""},
         {"json(user)['name']", "\"ann\""},
         {"json(user.tags)[1]", "\"a\""},
         {"user.tags", "[\"a\", \"b\"]"},
         {"#user.tags", "2"},
         {"#user", "expression: expected a text or a list for '#', got a nested object"},
         {"#path", "7"},
         {"#status",
          "expression: expected a text or a list for '#', got field 'status' (number 404)"},
         {"coalesce(missing, user.tags)", "[\"a\", \"b\"]"},
         {"missing or user.tags", "[\"a\", \"b\"]"},
         {"coalesce(no, yes)", "false"},
         {"{1, 'b', missing, yes}", "[1,\"b\",null,true]"},
         {"{}", "{}"},
         {"{b = 1, a = {}, ['c d'] = user.tags, x = missing}",
          "{\"a\":{},\"b\":1,\"c d\":[\"a\", \"b\"]}"},
         {"{[1] = 'a', [2] = 'b'}", "[\"a\",\"b\"]"},
         {"{[1] = 'a', [3] = 'b'}", "{\"1\":\"a\",\"3\":\"b\"}"},
         {"{user = user.age, status}", "{\"1\":404,\"user\":30}"},
         {"{math.huge}", "expression: expected a number that JSON has, got inf or nan"},
         {"{[missing] = 1}", "expression: table index is nil"},
         {"words(word)", "[\"x\",\"y\"]"},
         {"split(path, '/')", "[\"\",\"Api\",\"v1\"]"},
         {"to_json({b = 'ü\\n', a = 1.5})", "\"{\"a\":1.5,\"b\":\"ü\\n\"}\""},
         {"to_json(user.tags)", "\"[\"a\", \"b\"]\""},
         {"to_json(path)", "\"\"/Api/v1\"\""},
         {"to_json(status)", "\"404\""},
         {"lower(user.tags)", "\"[\"a\", \"b\"]\""},
         {"json(path)", "json: expected a value, got '/Api/v1' at byte 0"},
         {"json('')", "json: expected a value, got the end of the text at byte 0"},
         {"json('[1 2]')", "json: expected ',' or ']', got number 2 at byte 3"},
         {"json('[1,]')", "json: expected a value behind ',' at byte 4"},
         {"json('{\"a\" 1}')", "json: expected ':', got number 1 at byte 5"},
         {"json('{a:1}')", "json: expected a name in quotes, got 'a' at byte 1"},
         {"json('[1] x')", "json: expected the end, got 'x' at byte 4"},
         {"json('[\"x]')", "json: a text without its closing quote at byte 1"},
         {"json('[')", "json: expected a value, got the end of the text at byte 1"},
         {"json('[9007199254740993]')",
          "expression: json: Lua's numbers are exact only up to 2^53, got a larger one"},
         {"json('[1]', 2)", "0: expected 1 argument for 'json', got 2"}});
  std::string deep(64, '[');
  CHECK(value("json('" + deep + std::string(64, ']') + "')") == deep + std::string(64, ']'));
  CHECK(value("json('[" + deep + "')").find("json: expected at most 64 levels") == 0);
}

TEST_CASE("a path leads into nested values alone") {
  check(
      {{"path.lat",
        "expression: expected nested JSON for 'path.lat', got text: 'json.parse: { field: path }' "
        "makes it nested"},
       {"status.x", "expression: expected nested JSON for 'status.x', got a number"},
       {"user.name.first", "expression: expected nested JSON for 'user.name.first', got text"},
       {"user.n.x", "null"},
       {"user.tags.5", "null"},
       {"missing.x.y", "null"},
       {"none.x", "null"}});
}

TEST_CASE("has tells a field that is null from one that is not there") {
  check({{"has(status)", "true"},
         {"has(none)", "true"},
         {"has(missing)", "false"},
         {"has(user.name)", "true"},
         {"has(user.n)", "true"},
         {"has(user.m)", "false"},
         {"has(user.tags.1)", "true"},
         {"has(user.tags.2)", "false"},
         {"has(path.x)", "false"},
         {"has(fields['odd name'])", "true"},
         {"not has(missing) and has(none)", "true"},
         {"has('x')",
          "4: expected a field for 'has', got a value [write it as has(name) or has(a.b)]"},
         {"has(record.text)",
          "4: expected a field for 'has', got a value [write it as has(name) or has(a.b)]"}});
}

TEST_CASE("digests and names of texts") {
  check(
      {{"hash('abc')", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""},
       {"hash('abc', 'md5')", "\"900150983cd24fb0d6963f7d28e17f72\""},
       {"hash(404, 'crc32')", "\"22d15618\""},
       {"hash(path, lower('SHA1')) == hash(path, 'sha1')", "true"},
       {"hash(path, path)", "expression: hash: unknown algorithm '/Api/v1'"},
       // As Python's uuid5(UUID(int=0), 'abc').
       {"uuid('abc')", "\"b01d8779-68c6-576d-bef4-26488c9c9223\""},
       {"#uuid()", "36"},
       {"uuid() == uuid()", "false"},
       {"matches(uuid(), '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')",
        "true"},
       {"tonumber('ff', 16)", "255"},
       {"tonumber('x', 16)", "null"},
       {"tostring(true)", "\"true\""}});
}

TEST_CASE("an expression says what depends on when or where the run is") {
  const auto chances = [](const char* text) {
    detail::ExpressionProblem problem;
    const auto compiled = expression_language().compile(text, problem);
    INFO(problem.message);
    REQUIRE(compiled);
    return compiled->chances().size();
  };
  CHECK(chances("time(x, '%F')") == 0);
  CHECK(chances("uuid(x)") == 0);
  CHECK(chances("now() - now()") == 1);
  CHECK(chances("uuid() .. now()") == 2);
  CHECK(chances("time(x, 'syslog')") == 1);
  CHECK(chances("format_time(x, 'syslog')") == 0);
  CHECK(chances("format_time(x, '%F', 'local')") == 1);
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
