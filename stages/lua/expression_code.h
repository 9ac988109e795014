#pragma once

#include <string>
#include <string_view>

#include "stages/lua/expression_tree.h"

namespace weir::stages::lua {

/// A function of the prelude, by the name that an expression's code has for it.
struct Helper {
  const char* local;
  const char* source;
};
inline constexpr Helper kHelpers[] = {{"eq", "eq"},
                                      {"lt", "lt"},
                                      {"le", "le"},
                                      {"len", "len"},
                                      {"list", "list"},
                                      {"first_of", "first_of"},
                                      {"lower", "lower"},
                                      {"upper", "upper"},
                                      {"trim", "trim"},
                                      {"words", "words"},
                                      {"split", "split"},
                                      {"matches", "matches"},
                                      {"extract", "extract"},
                                      {"replace", "replace"},
                                      {"time", "time"},
                                      {"now", "now"},
                                      {"format_time", "format_time"},
                                      {"duration", "duration"},
                                      {"json", "json"},
                                      {"to_json", "to_json"},
                                      {"hash", "hash"},
                                      {"uuid", "uuid"},
                                      {"tonumber", "to_number"},
                                      {"tostring", "to_text"},
                                      {"string", "string"},
                                      {"math", "math"},
                                      {"table", "table"}};

/// Returns the expression as Lua: a chunk that gets those helpers and returns a function whose
/// arguments are the inputs, in their order.
std::string to_lua(const Tree& tree);

/// Returns the message of an error in such a function as its author should see it: without the
/// chunk's name, and with the inputs' own names.
std::string clean_message(std::string_view message, const Tree& tree);

}  // namespace weir::stages::lua
