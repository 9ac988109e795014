#pragma once

// What the functions in C++ that records' code calls have in common. A C++ exception must not pass
// through Lua, nor an error of Lua through frames that have something to clean up: what such a
// function makes stands in the state's Services, `guard` catches what its work throws, and the
// error is raised after it.

#include <cstdint>
#include <exception>
#include <lua.hpp>
#include <new>
#include <string_view>

#include "stages/lua/lua_state.h"

namespace weir::stages::lua {

inline State& state_of(lua_State* lua) {
  return *static_cast<State*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

/// Runs `work`, which returns false if it filled the problem, and raises that.
template <class Work>
void guard(lua_State* lua, const char* kind, Work&& work) {
  Services& services = state_of(lua).services();
  bool good = false;
  try {
    good = work(services);
  } catch (const std::bad_alloc&) {
    services.problem = "it takes too much memory";
  } catch (const std::exception& e) {
    services.problem = e.what();
  }
  if (good) return;
  services.kind = kind;
  raise(lua, services.problem.c_str());
}

inline void spend(lua_State* lua, std::size_t bytes) {
  constexpr std::int64_t kBytesPerStep = 8;
  const auto steps = static_cast<std::int64_t>(bytes) / kBytesPerStep;
  if (const char* problem = state_of(lua).meter().take(steps)) raise(lua, problem);
}

/// Returns the text of an argument; a number is one, too. Raises an error for what is none.
inline std::string_view text_argument(lua_State* lua, int index, const char* function) {
  const int type = lua_type(lua, index);
  if (type != LUA_TSTRING && type != LUA_TNUMBER) {
    luaL_error(lua, "expected text for %s, got %s%s", function,
               type == LUA_TNIL || type == LUA_TNONE || type == LUA_TBOOLEAN ? "" : "a ",
               type == LUA_TLIGHTUSERDATA ? "nested value" : luaL_typename(lua, index));
  }
  std::size_t size = 0;
  const char* text = lua_tolstring(lua, index, &size);
  spend(lua, size);
  return {text, size};
}

/// Returns an optional argument that is a text; empty without one.
inline std::string_view optional_text(lua_State* lua, int index, const char* function) {
  return lua_isnoneornil(lua, index) ? std::string_view() : text_argument(lua, index, function);
}

inline int push_text(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data() ? text.data() : "", text.size());
  return 1;
}
inline int push_nil(lua_State* lua) {
  lua_pushnil(lua);
  return 1;
}
inline int push_made(lua_State* lua) { return push_text(lua, state_of(lua).services().made); }

}  // namespace weir::stages::lua
