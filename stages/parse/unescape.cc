#include "stages/parse/unescape.h"

#include <cstdint>

#include "weir/detail/utf8.h"

namespace weir::stages::parse {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Reads `uXXXX` at `at`; returns -1 if it is not there.
std::int32_t hex_unit(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != 'u') return -1;
  const int high = hex_byte(text, at + 1);
  const int low = hex_byte(text, at + 3);
  return high < 0 || low < 0 ? -1 : high << 8 | low;
}

bool is_high(std::int32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(std::int32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

/// Writes what the escape `\uXXXX` at `at`, the place of its `u`, stands for. Half of a pair is
/// U+FFFD. Returns the place behind it.
std::size_t write_unit(std::string_view text, std::size_t at, char*& out) {
  const std::int32_t unit = hex_unit(text, at);
  at += 5;
  if (is_high(unit) && at < text.size() && text[at] == '\\') {
    const std::int32_t other = hex_unit(text, at + 1);
    if (is_low(other)) {
      const auto pair = static_cast<std::uint32_t>(((unit - 0xd800) << 10) + other - 0xdc00);
      out = detail::write_utf8(0x10000 + pair, out);
      return at + 6;
    }
  }
  const bool half = is_high(unit) || is_low(unit);
  out = detail::write_utf8(half ? kReplacement : static_cast<std::uint32_t>(unit), out);
  return at;
}

char meaning(char c, char quote) {
  if (c == quote || c == '\\') return c;
  return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : '\0';
}

}  // namespace

int hex_byte(std::string_view text, std::size_t at) {
  if (at + 2 > text.size()) return -1;
  const int high = hex_digit(text[at]);
  const int low = hex_digit(text[at + 1]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

std::string_view unescaped(std::string_view text, char quote, Record& record) {
  char* const begin = record.allocate(text.size());
  char* out = begin;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      *out++ = text[i++];
    } else if (const char c = meaning(text[i + 1], quote)) {
      *out++ = c;
      i += 2;
    } else if (hex_unit(text, i + 1) >= 0) {
      i = write_unit(text, i + 1, out);
    } else {
      *out++ = text[i++];
    }
  }
  record.trim(out);
  return {begin, static_cast<std::size_t>(out - begin)};
}

}  // namespace weir::stages::parse
