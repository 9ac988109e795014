#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;
using kit::map;
using kit::scalar;
using Fields = decltype(Datum::fields);

constexpr auto types = kit::types_of<add_lua_stages>;

std::vector<Datum> run(const std::string& code, const std::vector<Datum>& records) {
  kit::StageKit stage(types(), "lua",
                      map({{"code", scalar(code)}, {"max_steps", scalar("1000000")}}));
  return stage.transform_at_every_cut(records);
}

Datum one(const std::string& code, const Datum& record = {"text", {}, {}}) {
  const auto out = run(code, {record});
  REQUIRE(out.size() == 1);
  return out[0];
}

std::string error_of(const std::string& code, const Datum& record = {"text", {}, {}}) {
  return one(code, record).error;
}

std::string refused(const std::string& code) {
  return kit::refused(types(), "lua", map({{"code", scalar(code)}}));
}

}  // namespace

TEST_CASE("lua reads, sets and removes fields") {
  const Datum record{"", {{"a", "1"}, {"b", "\"x\""}, {"c", "true"}, {"d", R"({"e":[1,2]})"}}, {}};
  CHECK(one("fields.a = fields.a + 1", record).fields[0].second == "2");
  CHECK(one("fields.a = 2.5 fields['new one'] = fields.b .. '!'", record).fields ==
        Fields{{"a", "2.5"},
               {"b", "\"x\""},
               {"c", "true"},
               {"d", R"({"e":[1,2]})"},
               {"new one", "\"x!\""}});
  CHECK(one("fields.a, fields.c, fields.d = nil, not fields.c, fields['d.e.1']", record).fields ==
        Fields{{"b", "\"x\""}, {"c", "false"}, {"d", "2"}});
  CHECK(one("if fields.none == nil then fields.a = 'none' end", record).fields[0].second ==
        "\"none\"");
  CHECK(one("local s = '' for k, v in pairs(fields) do s = s .. k .. '=' .. tostring(v) .. ' ' end "
            "text = s",
            record)
            .text == "a=1 b=x c=true d={\"e\":[1,2]} ");
}

TEST_CASE("lua reads and sets the text") {
  CHECK(one("text = text:upper() .. #text").text == "TEXT4");
  CHECK(one("text = 12").text == "12");
  CHECK(one("fields.n = record.text").fields == Fields{{"n", "\"text\""}});
  CHECK(one("fields.p = record.position fields.e = record.error == nil").fields ==
        Fields{{"p", "0"}, {"e", "true"}});
}

TEST_CASE("lua drops, fails and emits") {
  CHECK(
      run("if text == 'b' then drop() end", {{"a", {}, {}}, {"b", {}, {}}, {"c", {}, {}}}).size() ==
      2);
  CHECK(error_of("fail('no good')") == "lua: no good");
  const auto emitted =
      run("for i = 1, 3 do fields.i = i emit() end emit('more') emit{z = 1, a = text}",
          {{"t", {{"x", "true"}}, {}}});
  REQUIRE(emitted.size() == 5);
  CHECK(emitted[0] == Datum{"t", {{"x", "true"}, {"i", "1"}}, {}});
  CHECK(emitted[2] == Datum{"t", {{"x", "true"}, {"i", "3"}}, {}});
  CHECK(emitted[3] == Datum{"more", {}, {}});
  CHECK(emitted[4] == Datum{"", {{"a", "\"t\""}, {"z", "1"}}, {}});
}

TEST_CASE("lua: a record that fails has emitted nothing and is unchanged") {
  const Datum out = one("emit('a') fields.x = 2 text = 'b' error('stop')", {"t", {{"x", "1"}}, {}});
  CHECK(out.error == "lua: code:1: stop");
  CHECK(out.text == "t");
  CHECK(out.fields == Fields{{"x", "1"}});
}

TEST_CASE("lua says in which line it went wrong") {
  CHECK(error_of("local a\n\nfields.x = a.b") ==
        "lua: code:3: attempt to index local 'a' (a nil value)");
  CHECK(error_of("nothing()") == "lua: code:1: attempt to call global 'nothing' (a nil value)");
  CHECK(error_of("error({})") == "lua: an error without a message");
  CHECK(error_of("fields.x = {}") == "lua: code:1: expected a value for a field, got a table");
  CHECK(error_of("text = nil") == "lua: code:1: expected text for 'text', got nil");
  CHECK(error_of("string = 1") == "lua: code:1: cannot assign to 'string'");
  CHECK(error_of("return fields.big", {"", {{"big", "-9007199254740993"}}, {}}) ==
        "lua: code:1: field 'big' is -9007199254740993: Lua's numbers are exact only up to 2^53");
  CHECK(refused("local x = 1\n  if x then\n x = = 2\nend") ==
        "code:25: expected Lua: unexpected symbol near '='");
  CHECK(refused("if x then") == "code:0: expected Lua: 'end' expected near '<eof>'");
  CHECK(refused("\x1bLJ\x02").find("expected Lua") != std::string::npos);
}

TEST_CASE("lua: what one record's code leaves behind is not there for the next") {
  const std::vector<Datum> records(9, {"r", {}, {}});
  const std::vector<std::string> codes = {"count = (count or 0) + 1 text = tostring(count)",
                                          "text = tostring(string.count or 1) string_count = 2",
                                          "function f() n = (n or 0) + 1 return n end text = f()"};
  for (const std::string& code : codes) {
    INFO(code);
    for (const Datum& out : run(code, records)) {
      CHECK(out.error.empty());
      CHECK(out.text == "1");
    }
  }
  for (const std::string code :
       {"string.x = 1", "table.insert(string, 1)", "fields.x.y = 1", "math[1] = 2",
        "record.text = 1", "getmetatable('').__index = {}", "setfenv(1, {})", "_G.x = 1",
        "rawset(string, 'x', 1)", "string.upper = nil", "table.sort(math)", "pairs(string)"}) {
    INFO(code);
    CHECK_FALSE(error_of(code).empty());
  }
}

TEST_CASE("lua reaches nothing outside") {
  for (const std::string name :
       {"io",           "os",         "debug",          "package",     "require",
        "load",         "loadstring", "loadfile",       "dofile",      "ffi",
        "jit",          "coroutine",  "collectgarbage", "print",       "_G",
        "getfenv",      "setfenv",    "rawset",         "rawget",      "getmetatable",
        "setmetatable", "newproxy",   "module",         "pcall",       "xpcall",
        "next",         "gcinfo",     "string.dump",    "math.random", "bit"}) {
    INFO(name);
    CHECK(one("text = tostring(" + name + " == nil)").text == "true");
  }
  CHECK_FALSE(error_of("tostring({})").empty());  // an address is another in each run
}

TEST_CASE("lua: pairs goes through keys in order") {
  CHECK(one("local s = '' for k, v in pairs { b = 1, a = 2, 5, 6, [-1] = 7, c = 3 } do "
            "s = s .. k .. '=' .. v .. ' ' end text = s")
            .text == "-1=7 1=5 2=6 a=2 b=1 c=3 ");
  CHECK(error_of("for k in pairs { [{}] = 1 } do end")
            .find("expected texts and numbers as keys, got a table") != std::string::npos);
}

TEST_CASE("lua has what expressions have") {
  CHECK(one("text = lower(split(text, 'x')[1]) .. #words('a b') .. upper(trim(' c ')) .. "
            "tostring(matches(text, '^te')) .. time('1970-01-02')")
            .text == "te2Ctrue86400");
  CHECK(one("local t = { 3, 1, 2 } table.sort(t) table.insert(t, 4) table.remove(t, 1) "
            "text = table.concat(t, ',') .. select('#', unpack(t)) .. text:gsub('t', 'T')")
            .text == "2,3,43TexT");
}

TEST_CASE("lua: an endless loop and an endless memory end as errors") {
  CHECK(error_of("while true do end") ==
        "lua: code:1: it ran more than 1000000 steps for one record");
  CHECK(error_of("local t = {} for i = 1, 1e9 do t[i] = i end").starts_with("lua: "));
  CHECK(error_of("local s = 'x' while true do s = s .. s end") ==
        "lua: the code takes too much memory");
  CHECK(error_of("text = ('x'):rep(1e9)") == "lua: the code takes too much memory");
  CHECK(error_of("local function f() return 1 + f() end f()").find("stack overflow") !=
        std::string::npos);
}

TEST_CASE("lua: functions of its library have an end, however long a record keeps them") {
  const std::string too_many = "lua: code:1: it ran more than 1000000 steps for one record";
  const Datum long_text{std::string(30'000, '.'), {}, {}};
  for (const std::string code :
       {"local a = text:find('.-.-.-.-.-b')", "local a = text:match('^.-.-.-.-.-b')",
        "for s in text:gmatch('.-.-.-.-b') do end", "local a = text:gsub('.-.-.-.-b', '')",
        "while true do matches(text, 'x') end",
        "local s = '' for i = 1, #text do s = s .. text .. i end",
        "local t = {} for i = 1, #text do table.insert(t, 1, i) end",
        "local t = {} for i = 1, #text do t[i] = i end for i = 1, #text do table.remove(t, 1) end",
        "for i = 1, 1e9 do local a = text .. i end"}) {
    INFO(code);
    CHECK(error_of(code, long_text) == too_many);
  }
  CHECK(error_of("for i = 1, 1e9 do local a = fields.a end",
                 {"", {{"a", '"' + std::string(100'000, 'x') + '"'}}, {}}) == too_many);
  std::string list = "[0";
  for (int i = 0; i < 10'000; ++i) list += ",0";
  CHECK(error_of("for i = 1, 1e9 do local a = fields['a.9999'] end",
                 {"", {{"a", list + "]"}}, {}}) == too_many);
}

TEST_CASE("lua: a loop over the bytes of a text gets the text once") {
  const Datum long_text{std::string(50'000, 'x'), {}, {}};
  CHECK(one("local n = 0 for i = 1, #text do if text:byte(i) == 120 then n = n + 1 end end "
            "fields.n = n",
            long_text)
            .fields == Fields{{"n", "50000"}});
  CHECK(one("local a = text text = text .. '!' text = text .. a").text == "text!text");
}

TEST_CASE("lua: a number that stays is the one that came") {
  const Datum priced{"", {{"p", "#19.90"}, {"q", "#1E5"}}, {}};
  CHECK(one("fields.p = fields.p fields.q = fields.q + 0", priced).fields ==
        Fields{{"p", "19.90"}, {"q", "1E5"}});
  CHECK(one("fields.p = fields.p * 2", priced).fields == Fields{{"p", "39.8"}, {"q", "1E5"}});
}

TEST_CASE("lua goes through a hundred thousand fields, changes and removes them") {
  Datum wide{"", {}, {}};
  for (int i = 0; i < 100'000; ++i) wide.fields.emplace_back("f" + std::to_string(i), "1");
  kit::StageKit stage(types(), "lua", map({{"code", scalar(R"(
      for name, value in pairs(fields) do
        if name:find("[13579]$") then fields[name] = nil else fields[name] = value + 1 end
      end
      for i = 1, 1000 do fields["n" .. i] = i end
      fields.n1 = nil
      fields.n1 = "last")")}}));
  const auto out = stage.transform_at_every_cut({wide});
  REQUIRE(out.size() == 1);
  REQUIRE(out[0].error.empty());
  REQUIRE(out[0].fields.size() == 51'000);
  CHECK(out[0].fields[1] == std::pair<std::string, std::string>("f2", "2"));
  CHECK(out[0].fields[50'000] == std::pair<std::string, std::string>("n2", "2"));
  CHECK(out[0].fields.back() == std::pair<std::string, std::string>("n1", "\"last\""));
}

TEST_CASE("lua: what it makes counts against the limit of a record") {
  kit::StageKit stage(types(), "lua", map({{"code", scalar("for i = 1, 1000 do emit(text) end")}}));
  stage.set_record_limit(50'000);
  const auto out = stage.transform_at_every_cut({{"x", {}, {}}});
  REQUIRE(out.size() == 1);
  CHECK(out[0].error.starts_with("too_big"));
  kit::StageKit large(types(), "lua", map({{"code", scalar("fields.a = ('x'):rep(1000000)")}}));
  large.set_record_limit(100'000);
  CHECK(large.transform_at_every_cut({{"x", {}, {}}}).at(0).error.starts_with("too_big"));
}

TEST_CASE("lua says of itself what it needs and does") {
  const auto kinds = [](const std::string& code) {
    const Kinds k = kit::StageKit(types(), "lua", map({{"code", scalar(code)}})).kinds();
    std::string shown;
    if (k.names_text) shown += "names text, ";
    if (k.needs_fields) shown += "needs fields, ";
    if (k.gives_text) shown += "gives text, ";
    if (k.gives_fields) shown += "gives fields, ";
    if (k.changes_fields) shown += "changes fields, ";
    return shown;
  };
  CHECK(kinds("if text == 'x' then drop() end") == "names text, ");
  CHECK(kinds("text = text .. 'x'") == "names text, gives text, ");
  CHECK(kinds("text = fields.a") == "needs fields, gives text, ");
  CHECK(kinds("fields.a = #text") == "names text, gives fields, changes fields, ");
  CHECK(kinds("fields['a'] = fields.b") == "needs fields, gives fields, changes fields, ");
  CHECK(kinds("emit { a = 1 } -- text") == "gives fields, ");
  CHECK(kinds("for w in text:gmatch('%a+') do emit(w) end") == "names text, gives text, ");
  CHECK(kinds("local text = 'x' fail('text')").empty());
}

TEST_CASE("lua has the functions of expressions") {
  const Datum record{
      "", {{"at", "\"31/Jan/2026:12:00:00 +0000\""}, {"j", R"({"a":[1,null]})"}}, {}};
  CHECK(one("fields.at = time(fields.at, 'common_log')", record).fields[0].second == "1769860800");
  CHECK(one("fields.at = format_time(0, '%F')", record).fields[0].second == "\"1970-01-01\"");
  CHECK(one("fields.at = to_json(json(fields.j).a)", record).fields[0].second == "\"[1,null]\"");
  CHECK(one("local t = split('a,b', ',') t[3] = 'c' fields.at = to_json(t)", record)
            .fields[0]
            .second == "\"[\"a\",\"b\",\"c\"]\"");
  CHECK(one("fields.at = coalesce(nil, false, 1)", record).fields[0].second == "false");
  CHECK(one("fields.at = extract('ab12', '\\\\d+') .. replace('x', 'x', 'y')", record)
            .fields[0]
            .second == "\"12y\"");
  CHECK(error_of("local x = {} x.x = x x = to_json(x)") ==
        "lua: code:1: expected at most 64 levels");
  CHECK(error_of("time('x', '%F')") == "lua: code:1: expected a time such as '%F', got 'x'");
  CHECK(error_of("time('x', '%Q')") == "lua: code:1: unknown conversion '%Q'");
}

namespace {

/// What `code` makes of three records behind `init`: the field `x` of each, or its error.
std::vector<std::string> after(const std::string& init, const std::string& code) {
  kit::StageKit stage(types(), "lua", map({{"code", scalar(code)}, {"init", scalar(init)}}));
  std::vector<std::string> shown;
  for (const Datum& datum :
       stage.transform_at_every_cut({{"a", {}, {}}, {"b", {}, {}}, {"c", {}, {}}})) {
    shown.push_back(datum.error.empty() ? datum.fields.at(0).second : datum.error);
  }
  return shown;
}
using Shown = std::vector<std::string>;

std::string failure_of(const std::string& init) {
  try {
    after(init, "fields.x = 1");
  } catch (const std::exception& e) {
    return e.what();
  }
  return {};
}

}  // namespace

TEST_CASE("what init makes is there for every record, and the same for each") {
  CHECK(after("base = 10 function add(n) return base + n end", "fields.x = add(1)") ==
        Shown{"11", "11", "11"});
  // What code assigns holds for its record, also where a function of init does it.
  CHECK(after("n = 0", "n = n + 1 fields.x = n") == Shown{"1", "1", "1"});
  CHECK(after("n = 0 function count() n = n + 1 return n end", "count() fields.x = count()") ==
        Shown{"2", "2", "2"});
  CHECK(after("t = { a = { 1, 2 }, 'x', 'y' }",
              "fields.x = #t .. #t.a .. t.a[2] .. t[2] .. type(t) .. table.concat(t, '-')") ==
        Shown{"\"222ytablex-y\"", "\"222ytablex-y\"", "\"222ytablex-y\""});
  CHECK(after("t = { b = 1, a = { 2 } }",
              "local s = '' for k, v in pairs(t) do s = s .. k .. type(v) end "
              "for i, v in ipairs(t.a) do s = s .. i .. v end fields.x = s .. to_json(t)")[0] ==
        "\"atablebnumber12{\"a\":[2],\"b\":1}\"");
  CHECK(after("function name() return text .. fields.x end", "fields.x = 1 fields.x = name()") ==
        Shown{"\"a1\"", "\"b1\"", "\"c1\""});
}

TEST_CASE("code cannot change the tables of init") {
  const std::string refused = "': what 'init' made is the same for all records";
  CHECK(after("t = {}", "t.x = 1")[0] == "lua: code:1: cannot assign to 'x" + refused);
  CHECK(after("t = { { 1 } }", "t[1][2] = 1")[0] == "lua: code:1: cannot assign to '2" + refused);
  CHECK(after("t = {}", "table.insert(t, 1)")[0].find("lua: code:1: ") == 0);
  CHECK(after("t = { 2, 1 }", "table.sort(t)")[0].find("lua: ") == 0);
  CHECK(after("t = { { 1 } }", "for _, v in ipairs(t) do v[1] = 2 end")[0] ==
        "lua: code:1: cannot assign to '1" + refused);
  CHECK(after("t = { { 1 } }", "local v = unpack(t) v[1] = 2")[0] ==
        "lua: code:1: cannot assign to '1" + refused);
}

TEST_CASE("an error in init fails the run") {
  CHECK(failure_of("x = nil + 1") == "init:1: attempt to perform arithmetic on a nil value");
  CHECK(failure_of("\nx = fields.a") == "init:2: 'fields' is of a record, and 'init' has none");
  CHECK(failure_of("emit('x')") == "init:1: 'emit' is of a record, and 'init' has none");
  CHECK(failure_of("text = 'x'") == "init:1: cannot assign to 'text'");
  CHECK(failure_of("lower = 'x'") == "init:1: cannot assign to 'lower'");
  CHECK(failure_of("fail('no')") == "no");
  CHECK(failure_of("while true do end").find("it ran more than 100000000 steps") !=
        std::string::npos);
  CHECK(failure_of("t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end") ==
        "init takes too much memory");
  CHECK(
      kit::refused(types(), "lua", map({{"code", scalar("x = 1")}, {"init", scalar("x = = 1")}})) ==
      "init:0: expected Lua: unexpected symbol near '='");
}

}  // namespace weir::stages::test
