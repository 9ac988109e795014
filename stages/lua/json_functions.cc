#include "stages/lua/json_functions.h"

#include <vector>

#include "stages/lua/guarded.h"
#include "stages/lua/value_functions.h"

namespace weir::stages::lua {
namespace {

/// Sets the metatable of the list on top of the stack, in which [1] says that it is one and [2] how
/// many elements it has, since nil is none.
void mark_list(lua_State* lua, int count) {
  lua_createtable(lua, 2, 0);
  lua_pushboolean(lua, 1);
  lua_rawseti(lua, -2, 1);
  lua_pushinteger(lua, count);
  lua_rawseti(lua, -2, 2);
  lua_setmetatable(lua, -2);
}

/// Pushes the value that begins at `at`, and moves that behind it.
void push_json(lua_State* lua, const std::vector<JsonParts::Part>& parts, std::size_t& at) {
  using Kind = JsonParts::Kind;
  const JsonParts::Part& part = parts[at++];
  if (part.kind == Kind::value) {
    if (!is_exact(part.value)) {
      luaL_error(lua, "json: Lua's numbers are exact only up to 2^53, got a larger one");
    }
    push_value(lua, part.value);
    return;
  }
  luaL_checkstack(lua, 6, "json");
  lua_createtable(lua, 0, 0);
  int count = 0;
  while (parts[at].kind != Kind::end) {
    if (part.kind == Kind::object) push_value(lua, parts[at++].value);
    push_json(lua, parts, at);
    if (part.kind == Kind::object) {
      lua_rawset(lua, -3);
    } else {
      lua_rawseti(lua, -2, ++count);
    }
  }
  ++at;
  if (part.kind == Kind::array) mark_list(lua, count);
}

/// Returns the nested JSON that a light userdata stands for.
std::string_view nested_at(State& state, int index) {
  const auto number = reinterpret_cast<std::uintptr_t>(lua_touserdata(state.get(), index));
  return state.services().nested[number - 1];
}

}  // namespace

int read_json_value(lua_State* lua) {
  const int type = lua_type(lua, 1);
  if (type == LUA_TNIL || type == LUA_TNUMBER || type == LUA_TBOOLEAN || type == LUA_TTABLE) {
    lua_settop(lua, 1);
    return 1;
  }
  const std::string_view text =
      type == LUA_TLIGHTUSERDATA ? nested_at(state_of(lua), 1) : text_argument(lua, 1, "json");
  spend(lua, text.size());
  guard(lua, "json", [&](Services& services) {
    services.problem = read_json(text, services.json);
    return services.problem.empty();
  });
  std::size_t at = 0;
  push_json(lua, state_of(lua).services().json.parts, at);
  return 1;
}

int write_json(lua_State* lua) {
  State& state = state_of(lua);
  if (lua_isnoneornil(lua, 1)) return push_nil(lua);
  guard(lua, nullptr, [&](Services& services) {
    services.made.clear();
    return append_json_at(state, 1, services.made, services.problem);
  });
  spend(lua, state.services().made.size());
  return push_made(lua);
}

int count_elements(lua_State* lua) {
  const std::string_view text = nested_at(state_of(lua), 1);
  spend(lua, text.size());
  std::int64_t count = 0;
  guard(lua, nullptr, [&](Services& services) {
    using Kind = JsonParts::Kind;
    services.problem = read_json(text, services.json);
    if (!services.problem.empty()) return false;
    int depth = 0;
    for (const JsonParts::Part& part : services.json.parts) {
      if (part.kind == Kind::end) {
        --depth;
        continue;
      }
      if (depth == 1) ++count;
      if (part.kind == Kind::array || part.kind == Kind::object) ++depth;
    }
    if (services.json.parts.front().kind == Kind::array) return true;
    services.problem = "expected a text or a list for '#', got a nested object";
    return false;
  });
  lua_pushinteger(lua, static_cast<lua_Integer>(count));
  return 1;
}

}  // namespace weir::stages::lua
