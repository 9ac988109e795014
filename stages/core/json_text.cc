#include "stages/core/json_text.h"

#include <charconv>
#include <cmath>

namespace weir {
namespace {

constexpr std::size_t kNumberSize = 32;

/// How many bytes the UTF-8 sequence at the beginning of `text` has; 0: it is none.
std::size_t sequence_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Longer than needed, half of a pair, or beyond the last character.
  const bool wrong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
                     (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f);
  return wrong ? 0 : size;
}

void append_escaped(char c, std::string& out) {
  constexpr std::string_view kLetters = "\"\"\\\\\bb\ff\nn\rr\tt";
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < kLetters.size(); i += 2) {
    if (kLetters[i] != c) continue;
    out += '\\';
    out += kLetters[i + 1];
    return;
  }
  out += "\\u00";
  out += kDigits[static_cast<unsigned char>(c) >> 4];
  out += kDigits[static_cast<unsigned char>(c) & 15];
}

}  // namespace

void append_json(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t size = sequence_size(text);
    if (size == 0) {
      out += "\xef\xbf\xbd";
    } else if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
      append_escaped(c, out);
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out += '"';
}

void append_json(const Value& value, std::string& out) {
  char digits[kNumberSize];
  const char* end = digits;
  switch (value.type()) {
    case ValueType::text:
      return append_json(value.as_text(), out);
    case ValueType::json:
      out += value.as_text();
      return;
    case ValueType::boolean:
      out += value.as_bool() ? "true" : "false";
      return;
    case ValueType::integer:
      end = std::to_chars(digits, digits + kNumberSize, value.as_integer()).ptr;
      break;
    case ValueType::real:
      if (std::isfinite(value.as_real())) {
        end = std::to_chars(digits, digits + kNumberSize, value.as_real()).ptr;
        break;
      }
      [[fallthrough]];
    case ValueType::null:
      out += "null";
      return;
  }
  const std::string_view number(digits, static_cast<std::size_t>(end - digits));
  out += number;
  const bool integral = number.find_first_of(".e") == std::string_view::npos;
  if (value.type() == ValueType::real && integral) out += ".0";
}

}  // namespace weir
