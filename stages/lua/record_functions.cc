// The functions through which a chunk reaches its record. A C++ exception must not pass through
// Lua, nor a Lua error through frames that have something to clean up. So each function does its
// work inside `guard`, where it calls nothing of Lua that may fail, and raises the error after it,
// with no C++ object on the frame.

#include <lua.hpp>
#include <span>

#include "stages/lua/inputs.h"
#include "stages/lua/lua_state.h"
#include "stages/lua/record_view.h"
#include "weir/error.h"

namespace weir::stages::lua {
namespace {

constexpr std::size_t kBytesPerStep = 64;

RecordView& view_of(lua_State* lua) {
  return *static_cast<RecordView*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

/// Makes a number at `index` a text. This may fail, so it is not called inside `guard`.
void make_text(lua_State* lua, int index) { lua_tolstring(lua, index, nullptr); }

std::string_view text_at(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* text = lua_tolstring(lua, index, &size);
  return text ? std::string_view(text, size) : std::string_view();
}

int raise_kept(lua_State* lua) { return raise(lua, view_of(lua).message().c_str()); }

/// Returns what is at `index`, as a field's value.
Value value_at(lua_State* lua, int index) {
  switch (lua_type(lua, index)) {
    case LUA_TNIL:
    case LUA_TNONE:
      return {};
    case LUA_TBOOLEAN:
      return Value(lua_toboolean(lua, index) != 0);
    case LUA_TNUMBER:
      return value_of_number(lua_tonumber(lua, index));
    case LUA_TSTRING:
      return Value(text_at(lua, index));
    default:
      break;
  }
  throw Error("lua",
              std::string("expected a value for a field, got a ") + luaL_typename(lua, index),
              false);
}

/// Returns the value at a path into a nested one, which is scanned from its beginning.
Value nested(RecordView& view, std::string_view path) {
  constexpr std::size_t kScannedPerStep = 8;
  const Field field{std::string(path)};
  const Value top = view.fields().get(field.steps().front());
  if (top.type() != ValueType::json) return {};
  const std::size_t size = top.as_text().size();
  if (const char* problem = view.spend(size / kScannedPerStep)) throw Error("lua", problem, false);
  Record& record = view.record();
  return record.host().json_at(top.as_text(), std::span(field.steps()).subspan(1), record.arena());
}

int get(lua_State* lua) {
  RecordView& view = view_of(lua);
  make_text(lua, 1);
  Value value;
  const bool good = view.guard([&] {
    const std::string_view name = text_at(lua, 1);
    value = view.fields().get(name);
    if (value.is_null() && name.find('.') != std::string_view::npos) value = nested(view, name);
    if (!is_exact(value)) throw_inexact(value, "lua", "field '" + std::string(name) + "'");
  });
  if (!good) return raise_kept(lua);
  const std::size_t size = push_value(lua, value);
  if (const char* problem = view.spend(size / kBytesPerStep)) return raise(lua, problem);
  return 1;
}

int set(lua_State* lua) {
  RecordView& view = view_of(lua);
  const bool good = view.guard([&] {
    if (lua_type(lua, 1) != LUA_TSTRING) throw Error("lua", "expected a field's name", false);
    const Value value = value_at(lua, 2);
    if (value.is_null()) {
      view.fields().remove(text_at(lua, 1));
    } else {
      view.fields().set(text_at(lua, 1), value);
    }
  });
  return good ? 0 : raise_kept(lua);
}

int names(lua_State* lua) {
  view_of(lua).fields().settle();
  const Record& record = view_of(lua).record();
  lua_createtable(lua, static_cast<int>(record.field_count()), 0);
  for (std::uint32_t i = 0; i < record.field_count(); ++i) {
    const std::string_view name = record.field(i).name;
    lua_pushlstring(lua, name.data(), name.size());
    lua_rawseti(lua, -2, static_cast<int>(i) + 1);
  }
  return 1;
}

int get_text(lua_State* lua) {
  const std::string_view text = view_of(lua).record().text();
  lua_pushlstring(lua, text.data() ? text.data() : "", text.size());
  return 1;
}

int set_text(lua_State* lua) {
  RecordView& view = view_of(lua);
  make_text(lua, 1);
  const bool good = view.guard([&] {
    if (!lua_isstring(lua, 1)) {
      throw Error("lua", std::string("expected text for 'text', got ") + luaL_typename(lua, 1),
                  false);
    }
    view.record().set_text(text_at(lua, 1));
  });
  return good ? 0 : raise_kept(lua);
}

int emit_copy(lua_State* lua) {
  RecordView& view = view_of(lua);
  return view.guard([&] { view.emit_copy(); }) ? 0 : raise_kept(lua);
}

int emit_text(lua_State* lua) {
  RecordView& view = view_of(lua);
  return view.guard([&] { view.emit_text(text_at(lua, 1)); }) ? 0 : raise_kept(lua);
}

/// emit_fields(names, values): `names` has the order that the fields get.
int emit_fields(lua_State* lua) {
  RecordView& view = view_of(lua);
  const int count = static_cast<int>(lua_objlen(lua, 1));
  const bool good = view.guard([&] {
    Record record = view.emit_empty();
    record.reserve_fields(static_cast<std::uint32_t>(count));
    for (int i = 1; i <= count; ++i) {
      lua_rawgeti(lua, 1, i);
      lua_pushvalue(lua, -1);
      lua_rawget(lua, 2);
      // The names are keys of a table, so no two are the same.
      const std::string_view name = record.copy(text_at(lua, -2));
      Value value = value_at(lua, -1);
      if (value.has_bytes()) value = value.with_bytes(record.copy(value.as_text()));
      record.append(FieldName::lasting(name), value);
      lua_pop(lua, 2);
    }
  });
  return good ? 0 : raise_kept(lua);
}

int drop(lua_State* lua) {
  view_of(lua).drop();
  return 0;
}

/// part(name): returns `record.path` and the others; nil for a name that it does not have.
int part(lua_State* lua) {
  RecordView& view = view_of(lua);
  make_text(lua, 1);
  Value value;
  const bool good = view.guard([&] {
    constexpr std::pair<std::string_view, Input::Kind> kParts[] = {
        {"text", Input::Kind::text},
        {"position", Input::Kind::position},
        {"line", Input::Kind::line},
        {"path", Input::Kind::path},
        {"origin", Input::Kind::origin},
        {"error_kind", Input::Kind::error_kind},
        {"error_message", Input::Kind::error_message},
        {"error_stage", Input::Kind::error_stage},
        {"error_attempts", Input::Kind::error_attempts},
    };
    for (const auto& [name, kind] : kParts) {
      if (name == text_at(lua, 1)) value = read_input({kind, {}, {}}, view.record(), view.room());
    }
    if (!is_exact(value)) throw_inexact(value, "lua", "record.position");
  });
  if (!good) return raise_kept(lua);
  push_value(lua, value);
  return 1;
}

}  // namespace

void push_record_functions(lua_State* lua, RecordView& view) {
  constexpr luaL_Reg kFunctions[] = {{"get", get},
                                     {"set", set},
                                     {"names", names},
                                     {"get_text", get_text},
                                     {"set_text", set_text},
                                     {"emit_copy", emit_copy},
                                     {"emit_text", emit_text},
                                     {"emit_fields", emit_fields},
                                     {"drop", drop},
                                     {"part", part}};
  lua_createtable(lua, 0, static_cast<int>(std::size(kFunctions)));
  for (const luaL_Reg& function : kFunctions) {
    lua_pushlightuserdata(lua, &view);
    lua_pushcclosure(lua, function.func, 1);
    lua_setfield(lua, -2, function.name);
  }
}

}  // namespace weir::stages::lua
