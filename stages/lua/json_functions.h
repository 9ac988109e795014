#pragma once

struct lua_State;

namespace weir::stages::lua {

// Functions for Lua, whose upvalue is the State.

/// json(x): the value of a JSON text or of nested JSON; a list has the metatable of lists.
int read_json_value(lua_State* lua);
/// to_json(x): the value as JSON text.
int write_json(lua_State* lua);
/// Returns the number of elements of a nested array; raises an error for an object.
int count_elements(lua_State* lua);

}  // namespace weir::stages::lua
