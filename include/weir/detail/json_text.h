#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "weir/detail/json_line.h"
#include "weir/detail/utf8.h"
#include "weir/value.h"

namespace weir::detail {

/// Returns whether the character stands for itself in a JSON string, and is ASCII.
constexpr bool is_plain_json(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
         c != '"' && c != '\\';
}

/// Returns the letter of a two-byte escape; NUL if the character has none.
constexpr char json_escape_letter(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return '\0';
  }
}

/// Calls `piece` with each piece of the text as it goes into a JSON string. For a byte that is not
/// UTF-8 that is what `broken` returns.
template <class Piece, class Broken>
void each_json_piece(std::string_view text, Piece&& piece, Broken&& broken) {
  constexpr char kHex[] = "0123456789abcdef";
  while (!text.empty()) {
    std::size_t length = 0;
    while (length < text.size() && is_plain_json(text[length])) ++length;
    const auto c = static_cast<unsigned char>(text[0]);
    if (length > 0) {
      piece(text.substr(0, length));
    } else if (c >= 0x80) {
      length = utf8_length(text);
      if (length > 0) {
        piece(text.substr(0, length));
      } else {
        piece(std::string_view(broken(c)));
      }
    } else if (const char letter = json_escape_letter(text[0])) {
      const char escape[] = {'\\', letter};
      piece(std::string_view(escape, 2));
    } else {
      const char escape[] = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
      piece(std::string_view(escape, 6));
    }
    text.remove_prefix(length ? length : 1);
  }
}

/// The same with U+FFFD for each byte that is not UTF-8.
template <class Piece>
void each_json_piece(std::string_view text, Piece&& piece) {
  each_json_piece(text, piece, [](unsigned char) { return "\xef\xbf\xbd"; });
}

/// Appends `text` as a JSON string with its quotes. Each byte that is not UTF-8 becomes U+FFFD.
inline void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  each_json_piece(text, [&](std::string_view piece) { out += piece; });
  out += '"';
}

/// The characters that a number takes at most.
constexpr std::size_t kJsonNumberSize = 32;

/// Returns JSON for a value that is neither text nor raw JSON, in `digits` where it must be written
/// first. Numbers leave as they came; computed ones take the shortest form that reads back the
/// same. A real never looks like an integer, and a number that JSON cannot express becomes null.
inline std::string_view json_of(const Value& value, char (&digits)[kJsonNumberSize]) {
  char* end = digits + sizeof digits;
  switch (value.type()) {
    case ValueType::boolean:
      return value.as_bool() ? "true" : "false";
    case ValueType::integer:
      end = std::to_chars(digits, end, value.as_integer()).ptr;
      break;
    case ValueType::real:
      if (value.has_bytes()) return value.as_text();
      if (!std::isfinite(value.as_real())) return "null";
      end = std::to_chars(digits, end, value.as_real()).ptr;
      if (std::string_view(digits, end).find_first_of(".e") == std::string_view::npos) {
        *end++ = '.';
        *end++ = '0';
      }
      break;
    default:
      return "null";
  }
  return {digits, end};
}

/// Appends a value as JSON. Raw JSON is copied, but in one line.
inline void append_json(std::string& out, const Value& value) {
  if (value.type() == ValueType::text) return append_json_string(out, value.as_text());
  char digits[kJsonNumberSize];
  if (value.type() != ValueType::json) {
    out += json_of(value, digits);
  } else if (!has_line_break(value.as_text())) {
    out += value.as_text();
  } else {
    const std::size_t before = out.size();
    out.resize(before + value.as_text().size());
    out.erase(static_cast<std::size_t>(write_json_line(value.as_text(), out.data() + before) -
                                       out.data()));
  }
}

/// Returns the size of what `write_json` writes, or more.
inline std::size_t longest_json(const Value& value) {
  if (value.type() != ValueType::text) {
    return value.has_bytes() ? value.as_text().size() : kJsonNumberSize;
  }
  std::size_t size = 2;
  each_json_piece(value.as_text(), [&](std::string_view piece) { size += piece.size(); });
  return size;
}

/// Writes a value as `append_json` does, and returns the end.
inline char* write_json(const Value& value, char* out) {
  const auto write = [&out](std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
    out += bytes.size();
  };
  char digits[kJsonNumberSize];
  if (value.type() == ValueType::text) {
    *out++ = '"';
    each_json_piece(value.as_text(), write);
    *out++ = '"';
  } else if (value.type() != ValueType::json) {
    write(json_of(value, digits));
  } else if (has_line_break(value.as_text())) {
    out = write_json_line(value.as_text(), out);
  } else {
    write(value.as_text());
  }
  return out;
}

}  // namespace weir::detail
