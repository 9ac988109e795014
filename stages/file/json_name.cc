#include "stages/file/json_name.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "weir/detail/utf8.h"

namespace weir::stages::file {
namespace {

/// Reads the four digits at the front of `text`; 0 if they are none.
std::uint32_t code_unit(std::string_view text) {
  std::uint32_t code = 0;
  const std::string_view digits = text.substr(0, 4);
  std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  return code;
}

/// Undoes the escapes. What is wrong in them is for the parser: it makes some other text here.
std::string unescaped(std::string_view written) {
  constexpr std::string_view kLetters = "bfnrt";
  constexpr std::string_view kMeant = "\b\f\n\r\t";
  std::string out;
  for (std::size_t at = 0; at < written.size(); ++at) {
    if (written[at] != '\\' || at + 1 == written.size()) {
      out += written[at];
      continue;
    }
    const char letter = written[++at];
    const std::size_t known = kLetters.find(letter);
    if (letter != 'u') {
      out += known == std::string_view::npos ? letter : kMeant[known];
      continue;
    }
    std::uint32_t code = code_unit(written.substr(at + 1));
    at += 4;
    if (code >= 0xd800 && code < 0xdc00 &&
        written.substr(std::min(at + 1, written.size()), 2) == "\\u") {
      code = 0x10000 + ((code - 0xd800) << 10) + (code_unit(written.substr(at + 3)) & 0x3ff);
      at += 6;
    }
    char bytes[4];
    out.append(bytes, detail::write_utf8(code, bytes));
  }
  return out;
}

}  // namespace

std::size_t end_of_name(std::string_view bytes) {
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    if (bytes[at] == '"') return at;
    if (bytes[at] == '\\') ++at;
  }
  return bytes.size();
}

bool is_name(std::string_view written, std::string_view text) {
  if (written.find('\\') == std::string_view::npos) return written == text;
  return unescaped(written) == text;
}

}  // namespace weir::stages::file
