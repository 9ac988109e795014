#include "stages/lua/text_pattern.h"

#include <catch2/catch.hpp>
#include <lua.hpp>
#include <memory>
#include <random>
#include <string>

#include "stages/lua/metered_functions.h"

namespace weir::stages::lua {
namespace {

/// A Lua whose string and table have our functions, and `lua` those of LuaJIT.
class Both {
 public:
  Both() : lua_(luaL_newstate(), &lua_close) {
    luaL_openlibs(lua_.get());
    run("lua = {} for name, f in pairs(string) do lua[name] = f end "
        "lua.insert, lua.remove = table.insert, table.remove");
    meter_.begin(1'000'000'000, "too many steps");
    set_metered_functions(lua_.get(), meter_);
    run(R"lua(
      ours = { find = string.find, match = string.match, gsub = string.gsub,
               gmatch = string.gmatch, insert = table.insert, remove = table.remove }
      local function shown(...)
        local all = {}
        for i = 1, select("#", ...) do all[i] = type((select(i, ...))) .. ":" ..
            tostring((select(i, ...))) end
        return table.concat(all, "|")
      end
      local function answer(ok, ...)
        return ok and shown(...) or "error"
      end
      function differs(name, ...)
        local theirs, own = answer(pcall(lua[name], ...)), answer(pcall(ours[name], ...))
        return theirs ~= own and theirs .. " or " .. own or ""
      end
      function all_of(library, text, pattern)
        local found = {}
        for a, b in library.gmatch(text, pattern) do
          found[#found + 1] = tostring(a) .. tostring(b)
          if #found > 100 then break end
        end
        return table.concat(found, ",")
      end
      function gmatch_differs(text, pattern)
        return answer(pcall(all_of, lua, text, pattern)) ~= answer(pcall(all_of, ours, text, pattern))
            and "gmatch" or ""
      end
      function list_differs(name, ...)
        local one, other = { 1, 2, 3, 4 }, { 1, 2, 3, 4 }
        local a, b = answer(pcall(lua[name], one, ...)), answer(pcall(ours[name], other, ...))
        for i = -4, 10 do a, b = a .. "," .. tostring(one[i]), b .. "," .. tostring(other[i]) end
        return a ~= b and a .. " or " .. b or ""
      end
    )lua");
  }

  void run(const std::string& code) {
    if (luaL_dostring(lua_.get(), code.c_str()) != 0) throw std::runtime_error(top());
  }
  template <class... Arguments>
  std::string call(const char* function, const Arguments&... arguments) {
    lua_getglobal(lua_.get(), function);
    (push(arguments), ...);
    if (lua_pcall(lua_.get(), sizeof...(arguments), 1, 0) != 0) return "failed: " + top();
    return top();
  }

 private:
  void push(const std::string& text) { lua_pushlstring(lua_.get(), text.data(), text.size()); }
  void push(int number) { lua_pushinteger(lua_.get(), number); }
  std::string top() {
    std::size_t size = 0;
    const char* text = lua_tolstring(lua_.get(), -1, &size);
    std::string result = text ? std::string(text, size) : "nothing";
    lua_settop(lua_.get(), 0);
    return result;
  }

  std::unique_ptr<lua_State, decltype(&lua_close)> lua_;
  Meter meter_;
};

std::string random_text(std::mt19937& random) {
  static const std::string kBytes("aab1 ().%-]^$\0\xe9", 15);
  std::string text;
  for (std::size_t n = random() % 12; n > 0; --n) text += kBytes[random() % kBytes.size()];
  return text;
}

std::string random_pattern(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "a",    "b",    "1",  ".",    "%a",     "%d",      "%s",  "%W",    "%%",  "[ab]",
      "[^a]", "(",    ")",  "()",   "*",      "+",       "-",   "?",     "^",   "$",
      "%1",   "%b()", "%2", "[a-c", "%f[%w]", "[%d-9%.", "[]",  "]",     "%",   "[",
      "%f",   "%b",   ".-", "%z",   "(.)",    "(a*)",    "%l*", "[^%s]", "%g+", "\xe9"};
  std::string pattern;
  for (std::size_t n = random() % 7; n > 0; --n) pattern += kPieces[random() % kPieces.size()];
  return pattern;
}

}  // namespace

TEST_CASE("patterns match as LuaJIT's own do") {
  Both both;
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_text(random);
    const std::string pattern = random_pattern(random);
    const int init = static_cast<int>(random() % 16) - 8;
    CAPTURE(text, pattern, init);
    REQUIRE(both.call("differs", std::string("find"), text, pattern, init).empty());
    REQUIRE(both.call("differs", std::string("match"), text, pattern, init).empty());
    REQUIRE(both.call("differs", std::string("gsub"), text, pattern, std::string("<%0%1>"), init)
                .empty());
    REQUIRE(both.call("differs", std::string("gsub"), text, pattern, random_text(random)).empty());
    REQUIRE(both.call("gmatch_differs", text, pattern).empty());
  }
}

TEST_CASE("elements are inserted and removed as LuaJIT's own functions do") {
  Both both;
  for (int at = -3; at < 9; ++at) {
    CAPTURE(at);
    CHECK(both.call("list_differs", std::string("remove"), at) == "");
    CHECK(both.call("list_differs", std::string("insert"), at, 9) == "");
  }
  CHECK(both.call("list_differs", std::string("remove")) == "");
  CHECK(both.call("list_differs", std::string("insert"), 9) == "");
  CHECK(both.call("list_differs", std::string("insert")) == "");
  CHECK(both.call("list_differs", std::string("insert"), 1, 2, 3) == "");
  CHECK(both.call("list_differs", std::string("insert"), std::string("x"), 3) == "");
}

TEST_CASE("a pattern that is tried without end ends when its steps are used up") {
  const std::string text(30'000, '.');
  Meter meter;
  meter.begin(100'000, "too many steps");
  TextPattern pattern(text, ".-.-.-.-.-b", meter);
  CHECK(pattern.match(text.data()) == nullptr);
  CHECK(pattern.problem() == std::string("too many steps"));
  // One that ends by itself is not stopped: two steps a byte.
  meter.begin(70'000, "too many steps");
  TextPattern simple(text, "%p*", meter);
  CHECK(simple.match(text.data()) == text.data() + text.size());
}

TEST_CASE("a pattern ends when its work is not wanted any more") {
  const std::string text(30'000, '.');
  Meter meter;
  meter.begin(std::int64_t{1} << 60, "too many steps");
  int looks = 0;
  meter.watch(
      [](const void* whose) { return ++*static_cast<int*>(const_cast<void*>(whose)) == 10; },
      &looks);
  TextPattern pattern(text, ".-.-.-.-.-b", meter);
  CHECK(pattern.match(text.data()) == nullptr);
  CHECK(pattern.problem() == std::string("the run was stopped"));
}

}  // namespace weir::stages::lua
