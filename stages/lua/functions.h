#pragma once

#include <string>
#include <string_view>

namespace weir::lua {

/// Whether an expression may call this: one of ours (`lower`), or of Lua's (`string.sub`). Left
/// out is what reaches outside, what would depend on more than its arguments, and what calls back.
bool is_function(std::string_view name);
/// Whether a text has this method (`path:sub(1, 3)`).
bool is_text_method(std::string_view name);
bool is_library(std::string_view name);
/// `math.pi`, `math.huge`.
bool is_constant(std::string_view name);

/// "lower, upper, ...": what can be called, of one library or (empty) ours.
std::string function_names(std::string_view library);

}  // namespace weir::lua
