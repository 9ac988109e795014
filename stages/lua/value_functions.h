#pragma once

#include <string>

#include "stages/lua/lua_state.h"

namespace weir::stages::lua {

/// Pushes a table of functions in C++ that records' code may call: matches, extract, replace, time,
/// format_time, now, duration, json, to_json, hash, uuid; `size`, which counts the elements of a
/// nested array; and `pieces` and `words`, which make a table of a text.
void push_value_functions(State& state);

/// Appends the value at `index` of the stack as JSON in one line, with the names of objects sorted.
/// Returns false and fills `problem` if it cannot be written so. Raises no error of Lua.
bool append_json_at(State& state, int index, std::string& out, std::string& problem);

/// Returns why a text is no duration such as 1h30m; empty if it is one, and then sets `seconds`.
std::string read_duration(std::string_view text, double& seconds);

}  // namespace weir::stages::lua
