#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::text {

/// One character of UTF-8 as a terminal shows it.
struct Glyph {
  std::size_t size = 1;   ///< The number of its bytes; 1 for a byte that is not UTF-8.
  bool valid = false;     ///< True if it is well-formed UTF-8.
  bool harmless = false;  ///< True if valid and without effect on terminal or text direction.
  int width = 1;          ///< The number of columns that it fills.
};

/// Returns the character that begins at `at`, which must be inside `text`.
Glyph glyph_at(std::string_view text, std::size_t at);

/// Returns `text` with U+FFFD for each character that is not harmless, and blanks for tabs and line
/// breaks.
std::string printable(std::string_view text);

/// The replacement for a character that cannot be shown.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

}  // namespace weir::text
