#include "stages/json/mistake.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>

#include "stages/json/scalar.h"
#include "weir/detail/utf8.h"

namespace weir::stages::json {

using detail::utf8_length;

std::size_t find_bad_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

std::size_t find_open_string(std::string_view text) {
  std::size_t opening = text.size();
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (inside && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      inside = !inside;
      if (inside) opening = i;
    }
  }
  return inside ? opening : text.size();
}

std::size_t find_control_character(std::string_view text) {
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (inside && static_cast<unsigned char>(text[i]) < 0x20) return i;
    if (inside && text[i] == '\\') {
      if (i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0x20) ++i;
    } else if (text[i] == '"') {
      inside = !inside;
    }
  }
  return text.size();
}

std::string name_bad_escape(std::string_view text) {
  std::uint32_t code = 0;
  const std::string_view digits = text.substr(std::min<std::size_t>(2, text.size()), 4);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  const bool unicode = text.starts_with("\\u") && digits.size() == 4 && error == std::errc() &&
                       end == digits.data() + digits.size();
  return unicode && (code & 0xf800) == 0xd800 ? "half of a surrogate pair"
                                              : "an escape that JSON does not have";
}

std::string name_token(std::string_view text) {
  if (text.empty()) return "the end of the text";
  switch (text[0]) {
    case '[':
      return "an array";
    case '{':
      return "an object";
    case '"':
      return "a string";
    default:
      break;
  }
  std::size_t size = 0;
  while (size < text.size() && size < 20 && !is_json_space(text[size]) &&
         std::string_view(",:]}").find(text[size]) == std::string_view::npos) {
    const std::size_t length = utf8_length(text.substr(size));
    if (length == 0) break;
    size += length;
  }
  const std::string token(text.substr(0, size == 0 ? 1 : size));
  Value value;
  if (read_json_number(token, value)) return "number " + token;
  if (read_json_atom(token, value)) return token;
  if (static_cast<unsigned char>(token[0]) < 0x20 || static_cast<unsigned char>(token[0]) == 0x7f) {
    char shown[24];
    std::snprintf(shown, sizeof shown, "byte 0x%02x", static_cast<unsigned char>(token[0]));
    return shown;
  }
  return "'" + token + "'";
}

}  // namespace weir::stages::json
