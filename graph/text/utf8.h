#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// One character of UTF-8 as a terminal shows it.
struct Glyph {
  std::size_t size = 1;   ///< Bytes that it takes; 1 for a byte that is no UTF-8.
  bool valid = false;     ///< Well-formed UTF-8.
  bool harmless = false;  ///< Valid, and does not steer a terminal or turn the text's direction.
  int width = 1;          ///< Columns that it fills.
};

/// The character that begins at `at`, which is inside `text`.
Glyph glyph_at(std::string_view text, std::size_t at);

/// `text` with U+FFFD for what is not harmless, and blanks for tabs and line breaks.
std::string printable(std::string_view text);

/// What stands for a character that cannot be shown.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

}  // namespace weir
