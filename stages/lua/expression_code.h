#pragma once

#include <string>

#include "stages/lua/expression_tree.h"

namespace weir::stages::lua {

/// Returns the expression as Lua: a chunk that gets the helpers of prelude.cc and returns a
/// function whose arguments are the inputs, in their order.
std::string to_lua(const Tree& tree);

/// Returns the message of an error in such a function as its author should see it: without the
/// chunk's name, and with the inputs' own names.
std::string clean_message(std::string_view message, const Tree& tree);

}  // namespace weir::stages::lua
