#pragma once

#include <string>
#include <string_view>

namespace weir::stages::lua {

/// Returns whether an expression may call a function: one of ours (`lower`) or of Lua's
/// (`string.sub`). It may not call what reaches outside, what depends on more than its arguments,
/// or what calls back.
bool is_function(std::string_view name);
/// Returns whether a text has this method (`path:sub(1, 3)`).
bool is_text_method(std::string_view name);
bool is_library(std::string_view name);
/// True for `math.pi` and `math.huge`.
bool is_constant(std::string_view name);

/// Returns the names of the functions of a library, or of ours if that is empty: "lower, upper,
/// ...".
std::string function_names(std::string_view library);

}  // namespace weir::stages::lua
