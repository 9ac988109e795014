#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

// Where a mistake is that the fast path only knows to be somewhere. All return the text's size if
// there is none.

/// The first byte that is no part of a UTF-8 character.
std::size_t find_bad_utf8(std::string_view text);
/// The opening quote of the string that the text ends in.
std::size_t find_open_string(std::string_view text);
/// The first control character inside of a string.
std::size_t find_control_character(std::string_view text);

/// How many bytes the UTF-8 character at the beginning of `text` has; 0 if there is none.
std::size_t utf8_length(std::string_view text);

/// What a JSON text begins with, for "expected X, got Y": "an array", "'}'", "nothing".
std::string name_token(std::string_view text);

}  // namespace weir
