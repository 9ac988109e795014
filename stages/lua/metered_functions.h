#pragma once

struct lua_State;

namespace weir::stages::lua {

class Meter;

/// Replaces find, match, gmatch and gsub of Lua's string, and insert and remove of its table, by
/// functions that do the same but end when the meter's steps are used up. Their time is not linear,
/// so a record could keep a thread in them for hours.
void set_metered_functions(lua_State* lua, Meter& meter);

}  // namespace weir::stages::lua
