#pragma once

#include <cstring>
#include <string_view>

namespace weir::detail {

inline bool has_line_break(std::string_view text) {
  return !text.empty() && (std::memchr(text.data(), '\n', text.size()) != nullptr ||
                           std::memchr(text.data(), '\r', text.size()) != nullptr);
}

/// Writes raw JSON on one line, without the white space between its tokens, and returns the end.
/// Valid JSON has no line breaks inside strings; if a string has some, they are dropped.
inline char* write_json_line(std::string_view json, char* out) {
  bool inside = false;  // True inside a string.
  bool escaped = false;
  for (const char c : json) {
    if (c == '\n' || c == '\r' || (!inside && (c == ' ' || c == '\t'))) continue;
    *out++ = c;
    if (escaped) {
      escaped = false;
    } else if (inside && c == '\\') {
      escaped = true;
    } else if (c == '"') {
      inside = !inside;
    }
  }
  return out;
}

}  // namespace weir::detail
