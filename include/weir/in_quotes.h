#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// Returns `text` in single quotes for a message: on one line, and cut if it is long.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::size_t size = text.size();
  if (size > kLongest) {
    // Does not cut through a character.
    size = kLongest;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    if (size == 0) size = kLongest;
  }
  std::string shown(1, '\'');
  for (const char c : text.substr(0, size)) {
    shown += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  shown += size < text.size() ? "...'" : "'";
  return shown;
}

}  // namespace weir
