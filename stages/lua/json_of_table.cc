#include <algorithm>
#include <cmath>
#include <lua.hpp>
#include <new>
#include <utility>
#include <vector>

#include "stages/lua/value_functions.h"
#include "weir/detail/json_text.h"
#include "weir/value_text.h"

namespace weir::stages::lua {
namespace {

/// Writes values of Lua as JSON. It pushes only what lua_next and lua_rawgeti do, into room that
/// was made before, so that no error of Lua leaves its frames.
class TableWriter {
 public:
  TableWriter(State& state, std::string& problem) : state_(state), problem_(problem) {}

  bool write(int index, std::string& out, std::size_t level) {
    lua_State* lua = state_.get();
    switch (lua_type(lua, index)) {
      case LUA_TNIL:
        out += "null";
        return true;
      case LUA_TBOOLEAN:
        out += lua_toboolean(lua, index) != 0 ? "true" : "false";
        return true;
      case LUA_TNUMBER:
        return number(lua_tonumber(lua, index), out);
      case LUA_TSTRING:
        detail::append_json_string(out, text(index));
        return true;
      case LUA_TLIGHTUSERDATA: {
        const auto at = reinterpret_cast<std::uintptr_t>(lua_touserdata(lua, index));
        detail::append_json(out, Value::json(state_.services().nested[at - 1]));
        return true;
      }
      case LUA_TTABLE:
        return table(index, out, level);
      default:
        return fail(std::string("expected a value, got a ") + luaL_typename(lua, index));
    }
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  std::string_view text(int index) {
    std::size_t size = 0;
    const char* bytes = lua_tolstring(state_.get(), index, &size);
    return {bytes, size};
  }
  bool number(double value, std::string& out) {
    if (!std::isfinite(value)) return fail("expected a number that JSON has, got inf or nan");
    char digits[detail::kJsonNumberSize];
    out += detail::json_of(value_of_number(value), digits);
    return true;
  }

  bool table(int index, std::string& out, std::size_t level) {
    lua_State* lua = state_.get();
    if (level == JsonParts::kMostLevels) {
      return fail("expected at most " + std::to_string(JsonParts::kMostLevels) + " levels");
    }
    if (lua_checkstack(lua, 8) == 0) throw std::bad_alloc();
    if (index < 0) index = lua_gettop(lua) + 1 + index;
    const int count = length_of_list(index);
    return count >= 0 ? list(index, count, out, level) : object(index, out, level);
  }

  /// Returns the number of elements of a list; -1 for an object.
  int length_of_list(int index) {
    lua_State* lua = state_.get();
    if (lua_getmetatable(lua, index) != 0) {
      lua_rawgeti(lua, -1, 1);
      lua_rawgeti(lua, -2, 2);
      const bool list = lua_type(lua, -2) == LUA_TBOOLEAN;
      const auto count = lua_type(lua, -1) == LUA_TNUMBER
                             ? static_cast<std::size_t>(lua_tonumber(lua, -1))
                             : std::size_t{0};
      lua_pop(lua, 3);
      // In the code of a stage, a list may have grown since.
      if (list) return static_cast<int>(std::max(count, lua_objlen(lua, index)));
    }
    std::size_t keys = 0;
    double most = 0;
    for (lua_pushnil(lua); lua_next(lua, index) != 0; lua_pop(lua, 1)) {
      const double key = lua_type(lua, -2) == LUA_TNUMBER ? lua_tonumber(lua, -2) : 0;
      if (key < 1 || key != std::floor(key)) {
        lua_pop(lua, 2);
        return -1;
      }
      most = std::max(most, key);
      ++keys;
    }
    return keys > 0 && most == static_cast<double>(keys) ? static_cast<int>(keys) : -1;
  }

  bool list(int index, int count, std::string& out, std::size_t level) {
    lua_State* lua = state_.get();
    out += '[';
    for (int i = 1; i <= count; ++i) {
      if (i > 1) out += ',';
      lua_rawgeti(lua, index, i);
      const bool good = write(lua_gettop(lua), out, level + 1);
      lua_pop(lua, 1);
      if (!good) return false;
    }
    out += ']';
    return true;
  }

  bool object(int index, std::string& out, std::size_t level) {
    lua_State* lua = state_.get();
    std::vector<std::pair<std::string, std::string>> members;
    for (lua_pushnil(lua); lua_next(lua, index) != 0; lua_pop(lua, 1)) {
      const int type = lua_type(lua, -2);
      auto& [name, value] = members.emplace_back();
      if (type == LUA_TSTRING) {
        name = text(-2);
      } else if (type == LUA_TNUMBER) {
        append_text(name, value_of_number(lua_tonumber(lua, -2)));
      }
      const bool named = type == LUA_TSTRING || type == LUA_TNUMBER;
      if (!named) fail(std::string("expected a text as a name, got a ") + luaL_typename(lua, -2));
      if (!named || !write(lua_gettop(lua), value, level + 1)) {
        lua_pop(lua, 2);
        return false;
      }
    }
    std::sort(members.begin(), members.end());
    out += '{';
    for (const auto& [name, value] : members) {
      if (&name != &members.front().first) out += ',';
      detail::append_json_string(out, name);
      out += ':';
      out += value;
    }
    out += '}';
    return true;
  }

  State& state_;
  std::string& problem_;
};

}  // namespace

bool append_json_at(State& state, int index, std::string& out, std::string& problem) {
  return TableWriter(state, problem).write(index, out, 0);
}

}  // namespace weir::stages::lua
