#include "runtime/inline/yaml_text.h"

#include <array>
#include <cstdio>

namespace weir::cli {
namespace {

constexpr std::string_view kLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

bool only(std::string_view text, std::string_view more) {
  for (const char c : text) {
    if (kLetters.find(c) == kLetters.npos && more.find(c) == more.npos) return false;
  }
  return true;
}

/// Returns whether YAML and weir's reader take the bare text as it is. Cautious, not exact.
bool plain(std::string_view text, bool in_flow) {
  if (text.empty() || text == "null" || text == "Null" || text == "NULL") return false;
  if (kLetters.find(text.front()) == kLetters.npos && text.front() != '(' && text.front() != '/') {
    return false;
  }
  if (text.back() == ' ' || text.back() == ':') return false;
  if (in_flow) return only(text, "./-");
  if (text.find(": ") != text.npos || text.find('_') == 0) return false;
  return only(text, " ./-+*<>=~()'\",:;?!%^&|\\");
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 8> hex;
      std::snprintf(hex.data(), hex.size(), "\\x%02X", byte);
      out += hex.data();
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::string yaml_scalar(std::string_view text, bool in_flow) {
  if (plain(text, in_flow)) return std::string(text);
  bool control = false;
  for (const char c : text) {
    control = control || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  }
  if (control || text == "-") return double_quoted(text);
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

}  // namespace weir::cli
