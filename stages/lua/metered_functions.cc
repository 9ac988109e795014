// Replacements, which can be ended, for Lua's functions that take long for a large record. A Lua
// error leaves the frames here in its own way, so nothing in them has a destructor.

#include "stages/lua/metered_functions.h"

#include <algorithm>
#include <cstring>
#include <lua.hpp>
#include <span>
#include <string_view>

#include "stages/lua/lua_state.h"
#include "stages/lua/text_pattern.h"

namespace weir::stages::lua {
namespace {

// Work on consecutive bytes is that much cheaper than an instruction.
constexpr std::int64_t kBytesPerStep = 64;
constexpr std::int64_t kMovesPerStep = 4;

Meter& meter_of(lua_State* lua) {
  return *static_cast<Meter*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

std::string_view text_argument(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(lua, index, &size);
  return {text, size};
}

void spend(lua_State* lua, std::int64_t steps) {
  if (const char* problem = meter_of(lua).take(steps)) raise(lua, problem);
}

/// Pushes what a capture holds. If there are no captures, the first is the whole match.
void push_capture(lua_State* lua, const TextPattern& pattern, int index, const char* from,
                  const char* to, const char* text) {
  if (index >= pattern.captures()) {
    if (index > 0) luaL_error(lua, "invalid capture index");
    lua_pushlstring(lua, from, static_cast<std::size_t>(to - from));
    return;
  }
  const TextPattern::Capture& capture = pattern.capture(index);
  if (capture.size == TextPattern::kOpen) luaL_error(lua, "unfinished capture");
  if (capture.size == TextPattern::kPosition) {
    lua_pushinteger(lua, capture.begin - text + 1);
  } else {
    lua_pushlstring(lua, capture.begin, static_cast<std::size_t>(capture.size));
  }
}

/// Pushes all captures, at least `least` of them, and returns how many.
int push_captures(lua_State* lua, const TextPattern& pattern, int least, const char* from,
                  const char* to, const char* text) {
  const int count = std::max(pattern.captures(), least);
  luaL_checkstack(lua, count, "too many captures");
  for (int i = 0; i < count; ++i) push_capture(lua, pattern, i, from, to, text);
  return count;
}

/// Returns where the search begins, which is the optional third argument.
std::size_t begin_of(lua_State* lua, std::size_t size) {
  const auto wanted = static_cast<std::int64_t>(luaL_optinteger(lua, 3, 1));
  const auto most = static_cast<std::int64_t>(size);
  const std::int64_t begin = wanted < 0 ? most + wanted : wanted - 1;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(begin, 0, most));
}

int find_plain(lua_State* lua, std::string_view text, std::string_view wanted, std::size_t begin) {
  spend(lua, static_cast<std::int64_t>(text.size() - begin) / kBytesPerStep);
  const void* found = wanted.empty() ? text.data() + begin
                                     : memmem(text.data() + begin, text.size() - begin,
                                              wanted.data(), wanted.size());
  if (!found) {
    lua_pushnil(lua);
    return 1;
  }
  const auto at = static_cast<const char*>(found) - text.data();
  lua_pushinteger(lua, at + 1);
  lua_pushinteger(lua, at + static_cast<std::ptrdiff_t>(wanted.size()));
  return 2;
}

/// Finds the first match at or behind `at`, which moves to it. Returns its end; null if there is
/// none.
const char* search(lua_State* lua, TextPattern& pattern, const char*& at, const char* end,
                   bool here) {
  for (;; ++at) {
    const char* behind = pattern.match(at);
    if (pattern.problem()) raise(lua, pattern.problem());
    if (behind || here || at == end) return behind;
  }
}

int find_or_match(lua_State* lua, bool find) {
  const std::string_view text = text_argument(lua, 1);
  std::string_view wanted = text_argument(lua, 2);
  const std::size_t begin = begin_of(lua, text.size());
  if (find && (lua_toboolean(lua, 4) != 0 || !TextPattern::is_special(wanted))) {
    return find_plain(lua, text, wanted, begin);
  }
  const bool here = wanted.starts_with('^');
  if (here) wanted.remove_prefix(1);
  TextPattern pattern(text, wanted, meter_of(lua));
  const char* at = text.data() + begin;
  const char* behind = search(lua, pattern, at, text.data() + text.size(), here);
  if (!behind) {
    lua_pushnil(lua);
    return 1;
  }
  if (!find) return push_captures(lua, pattern, 1, at, behind, text.data());
  lua_pushinteger(lua, at - text.data() + 1);
  lua_pushinteger(lua, behind - text.data());
  return 2 + push_captures(lua, pattern, 0, at, behind, text.data());
}

int find(lua_State* lua) { return find_or_match(lua, true); }
int match(lua_State* lua) { return find_or_match(lua, false); }

/// The iterator of gmatch. Its upvalues are the meter, the text, the pattern and where to go on.
int next_match(lua_State* lua) {
  std::size_t size = 0;
  std::size_t pattern_size = 0;
  const char* text = lua_tolstring(lua, lua_upvalueindex(2), &size);
  const char* wanted = lua_tolstring(lua, lua_upvalueindex(3), &pattern_size);
  const auto begin = static_cast<std::size_t>(lua_tointeger(lua, lua_upvalueindex(4)));
  if (begin > size) return 0;
  TextPattern pattern({text, size}, {wanted, pattern_size}, meter_of(lua));
  const char* at = text + begin;
  const char* behind = search(lua, pattern, at, text + size, false);
  if (!behind) return 0;
  lua_pushinteger(lua, behind - text + (behind == at ? 1 : 0));
  lua_replace(lua, lua_upvalueindex(4));
  return push_captures(lua, pattern, 1, at, behind, text);
}

int gmatch(lua_State* lua) {
  text_argument(lua, 1);
  text_argument(lua, 2);
  lua_settop(lua, 2);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_pushinteger(lua, 0);
  lua_pushcclosure(lua, next_match, 4);
  return 1;
}

/// The match that gsub replaces.
struct Place {
  const TextPattern& pattern;
  const char* from;
  const char* to;
  const char* text;
};

/// Adds a replacement's text, in which %1 is the first capture.
void add_text(lua_State* lua, luaL_Buffer& made, const Place& place) {
  std::size_t size = 0;
  const char* with = lua_tolstring(lua, 3, &size);
  for (std::size_t i = 0; i < size; ++i) {
    if (with[i] != '%') {
      luaL_addchar(&made, with[i]);
      continue;
    }
    const char digit = ++i < size ? with[i] : '\0';
    if (digit < '0' || digit > '9') {
      luaL_addchar(&made, digit);
    } else if (digit == '0') {
      luaL_addlstring(&made, place.from, static_cast<std::size_t>(place.to - place.from));
    } else {
      push_capture(lua, place.pattern, digit - '1', place.from, place.to, place.text);
      luaL_addvalue(&made);
    }
  }
  spend(lua, static_cast<std::int64_t>(size / 8));
}

/// Adds the replacement of a match.
void add_replacement(lua_State* lua, luaL_Buffer& made, const Place& place) {
  const int type = lua_type(lua, 3);
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(lua, 3);
    const int count = push_captures(lua, place.pattern, 1, place.from, place.to, place.text);
    lua_call(lua, count, 1);
  } else if (type == LUA_TTABLE) {
    push_capture(lua, place.pattern, 0, place.from, place.to, place.text);
    lua_gettable(lua, 3);
  } else {
    return add_text(lua, made, place);
  }
  if (lua_toboolean(lua, -1) == 0) {
    lua_pop(lua, 1);
    lua_pushlstring(lua, place.from, static_cast<std::size_t>(place.to - place.from));
  } else if (lua_isstring(lua, -1) == 0) {
    luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
  }
  luaL_addvalue(&made);
}

int gsub(lua_State* lua) {
  const std::string_view text = text_argument(lua, 1);
  std::string_view wanted = text_argument(lua, 2);
  const int type = lua_type(lua, 3);
  luaL_argcheck(
      lua,
      type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TTABLE || type == LUA_TFUNCTION, 3,
      "string/function/table expected");
  const auto most =
      static_cast<std::int64_t>(luaL_optinteger(lua, 4, static_cast<lua_Integer>(text.size()) + 1));
  const bool here = wanted.starts_with('^');
  if (here) wanted.remove_prefix(1);
  TextPattern pattern(text, wanted, meter_of(lua));
  const char* at = text.data();
  const char* const end = at + text.size();
  std::int64_t count = 0;
  luaL_Buffer made;
  luaL_buffinit(lua, &made);
  while (count < most) {
    const char* behind = pattern.match(at);
    if (pattern.problem()) raise(lua, pattern.problem());
    if (behind) {
      ++count;
      add_replacement(lua, made, {pattern, at, behind, text.data()});
    }
    if (behind && behind > at) {
      at = behind;
    } else if (at < end) {
      luaL_addchar(&made, *at++);
    } else {
      break;
    }
    if (here) break;
  }
  luaL_addlstring(&made, at, static_cast<std::size_t>(end - at));
  luaL_pushresult(&made);
  lua_pushinteger(lua, count);
  return 2;
}

/// Sets t[to] = t[from].
void move(lua_State* lua, int from, int to) {
  lua_rawgeti(lua, 1, from);
  lua_rawseti(lua, 1, to);
}

/// Takes the steps for moving a list's elements, since a list that grows at its front takes
/// quadratic time.
void spend_moves(lua_State* lua, int count) { spend(lua, count / kMovesPerStep); }

int insert(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  const int size = static_cast<int>(lua_objlen(lua, 1));
  const int arguments = lua_gettop(lua);
  if (arguments != 2 && arguments != 3) {
    return luaL_error(lua, "wrong number of arguments to 'insert'");
  }
  const int at = arguments == 2 ? size + 1 : luaL_checkint(lua, 2);
  if (at <= size) spend_moves(lua, size - at);
  for (int i = size; i >= at; --i) move(lua, i, i + 1);
  lua_settop(lua, arguments);
  lua_rawseti(lua, 1, at);
  return 0;
}

int remove(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  const int size = static_cast<int>(lua_objlen(lua, 1));
  const int at = luaL_optint(lua, 2, size);
  if (at < 1 || at > size) return 0;
  spend_moves(lua, size - at);
  lua_rawgeti(lua, 1, at);
  for (int i = at; i < size; ++i) move(lua, i + 1, i);
  lua_pushnil(lua);
  lua_rawseti(lua, 1, size);
  return 1;
}

void set_functions(lua_State* lua, const char* library, std::span<const luaL_Reg> functions,
                   Meter& meter) {
  lua_getglobal(lua, library);
  for (const luaL_Reg& function : functions) {
    lua_pushlightuserdata(lua, &meter);
    lua_pushcclosure(lua, function.func, 1);
    lua_setfield(lua, -2, function.name);
  }
  lua_pop(lua, 1);
}

}  // namespace

void set_metered_functions(lua_State* lua, Meter& meter) {
  constexpr luaL_Reg kText[] = {
      {"find", find}, {"match", match}, {"gmatch", gmatch}, {"gsub", gsub}};
  constexpr luaL_Reg kList[] = {{"insert", insert}, {"remove", remove}};
  set_functions(lua, LUA_STRLIBNAME, kText, meter);
  set_functions(lua, LUA_TABLIBNAME, kList, meter);
}

}  // namespace weir::stages::lua
