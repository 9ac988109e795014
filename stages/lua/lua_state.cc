#include "stages/lua/lua_state.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <lua.hpp>
#include <new>

#include "weir/error.h"

namespace weir::stages::lua {
namespace {

constexpr std::size_t kRoom = 64u << 20;
constexpr double kExact = 9007199254740992.0;  // 2^53

/// Reallocates as operator new does: it tries again as long as the new handler has something to
/// give.
void* reallocated(void* block, std::size_t size) {
  for (;;) {
    if (void* const moved = std::realloc(block, size)) return moved;
    const std::new_handler handler = std::get_new_handler();
    if (!handler) return nullptr;
    try {
      handler();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
}

}  // namespace

State::State() {
  lua_ = lua_newstate(&State::allocate, &memory_);
  memory_.next = nullptr;
  if (!lua_) throw std::bad_alloc();
  lua_atpanic(lua_, [](lua_State*) -> int { throw std::bad_alloc(); });
}

State::~State() { lua_close(lua_); }

void* State::allocate(void* context, void* block, std::size_t old_size, std::size_t size) {
  auto& memory = *static_cast<Memory*>(context);
  if (size == 0) {
    if (!memory.is_first(block)) std::free(block);
    memory.used -= old_size;
    return nullptr;
  }
  if (memory.limit > 0 && size > old_size && memory.used + size - old_size > memory.limit) {
    return nullptr;
  }
  void* const to = moved(memory, block, old_size, size);
  if (!to) return nullptr;
  memory.used += size - old_size;
  if (size > old_size) memory.allocated += size - old_size;
  return to;
}

void* State::moved(Memory& memory, void* block, std::size_t old_size, std::size_t size) {
  const bool in_first = memory.is_first(block);
  if (block && !in_first) return reallocated(block, size);
  const std::size_t room = (size + 15) & ~std::size_t{15};
  const bool fits = memory.next && room <= static_cast<std::size_t>(memory.first.get() +
                                                                    Memory::kFirst - memory.next);
  void* const to =
      fits ? std::exchange(memory.next, memory.next + room) : reallocated(nullptr, size);
  if (to && in_first) std::memcpy(to, block, std::min(old_size, size));
  return to;
}

std::string State::load(const std::string& source, const char* chunk_name) {
  if (luaL_loadbufferx(lua_, source.data(), source.size(), chunk_name, "t") == 0) return {};
  std::string message = error_message(lua_);
  lua_pop(lua_, 1);
  return message;
}

void State::run_prelude(const char* source, int base) {
  std::string problem = load(source, "=weir");
  if (problem.empty()) {
    const int arguments = lua_gettop(lua_) - base - 1;
    lua_insert(lua_, base + 1);
    if (call(arguments, LUA_MULTRET, 0) != 0) problem = error_message(lua_);
  }
  if (!problem.empty()) throw Error("lua", problem, false);
}

int State::call(int arguments, int results, std::size_t room) {
  memory_.limit = kRoom + room;
  const int status = lua_pcall(lua_, arguments, results, 0);
  memory_.limit = 0;
  return status;
}

bool State::is_out_of_memory(int status) const { return status == LUA_ERRMEM; }

void State::collect() { lua_gc(lua_, LUA_GCCOLLECT, 0); }

Value value_of_number(double number) {
  if (std::fabs(number) <= kExact && number == std::floor(number)) {
    return Value(static_cast<std::int64_t>(number));
  }
  return Value(number);
}

bool is_exact(const Value& value) {
  if (value.type() == ValueType::integer) {
    return std::fabs(static_cast<double>(value.as_integer())) < kExact;
  }
  // json.parse keeps a number as raw JSON if no type of ours can hold it.
  return value.type() != ValueType::json || value.as_text().starts_with('{') ||
         value.as_text().starts_with('[');
}

void throw_inexact(const Value& value, const char* kind, std::string_view shown) {
  const std::string digits = value.type() == ValueType::integer
                                 ? std::to_string(value.as_integer())
                                 : std::string(value.as_text().substr(0, 40));
  throw Error(kind,
              std::string(shown) + " is " + digits + ": Lua's numbers are exact only up to 2^53",
              false);
}

std::size_t push_value(lua_State* lua, const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      lua_pushnil(lua);
      return 0;
    case ValueType::boolean:
      lua_pushboolean(lua, value.as_bool());
      return 0;
    case ValueType::integer:
    case ValueType::real:
      lua_pushnumber(lua, value.as_real());
      return 0;
    case ValueType::text:
    case ValueType::json:
      break;
  }
  const std::string_view text = value.as_text();
  lua_pushlstring(lua, text.data() ? text.data() : "", text.size());
  return text.size();
}

std::string error_message(lua_State* lua) {
  std::size_t size = 0;
  const char* text = lua_tolstring(lua, -1, &size);
  return text ? std::string(text, size) : "an error without a message";
}

int raise(lua_State* lua, const char* message) {
  lua_Debug frame;
  for (int level = 0; lua_getstack(lua, level, &frame); ++level) {
    lua_getinfo(lua, "Sl", &frame);
    const bool code = std::strcmp(frame.source, kCodeName) == 0;
    if (!code && std::strcmp(frame.source, kInitName) != 0) continue;
    lua_pushfstring(lua, "%s:%d: %s", (code ? kCodeName : kInitName) + 1, frame.currentline,
                    message);
    return lua_error(lua);
  }
  lua_pushstring(lua, message);
  return lua_error(lua);
}

}  // namespace weir::stages::lua
