#include "stages/core/state/json_text.h"

#include <charconv>
#include <cmath>

#include "weir/detail/utf8.h"

namespace weir::stages::core {
namespace {

constexpr std::size_t kNumberSize = 32;

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
    const std::size_t size = detail::utf8_length(text);
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
      if (value.has_bytes()) {
        out += value.as_text();
        return;
      }
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

}  // namespace weir::stages::core
