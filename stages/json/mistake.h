#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::stages::json {

// The `find_` functions return the offset of a mistake of which the fast path only knows that it
// exists, or the text's size if there is none.

/// Finds the first byte that is not part of a UTF-8 character.
std::size_t find_bad_utf8(std::string_view text);
/// Finds the opening quote of the string in which the text ends.
std::size_t find_open_string(std::string_view text);
/// Finds the first control character inside a string.
std::size_t find_control_character(std::string_view text);

/// Names what is wrong with the escape, or the first half of one, at the front of `text`.
std::string name_bad_escape(std::string_view text);

/// Names what a JSON text begins with, for "expected X, got Y": "an array", "'}'", "the end of the
/// text".
std::string name_token(std::string_view text);

}  // namespace weir::stages::json
