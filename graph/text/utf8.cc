#include "graph/text/utf8.h"

#include <cstdint>

#include "weir/detail/utf8.h"

namespace weir::text {
namespace {

/// Code points, both ends included.
struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool in(const Range (&ranges)[N], char32_t point) {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

// Control characters, and the invisible marks that reorder or hide text ("Trojan Source").
constexpr Range kHarmful[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0x200B, 0x200F},
                              {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}};
constexpr Range kWide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
                           {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                           {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
constexpr Range kCombining[] = {
    {0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};

/// Returns the length of a well-formed sequence and sets its code point; 0 if it is malformed.
std::size_t decode(std::string_view text, std::size_t at, char32_t& point) {
  const std::size_t size = detail::utf8_length(text.substr(at));
  const auto first = static_cast<std::uint8_t>(text[at]);
  point = size > 1 ? first & (0x7Fu >> size) : first;
  for (std::size_t i = 1; i < size; ++i) {
    point = (point << 6) | (static_cast<std::uint8_t>(text[at + i]) & 0x3Fu);
  }
  return size;
}

}  // namespace

Glyph glyph_at(std::string_view text, std::size_t at) {
  char32_t point = 0;
  const std::size_t size = decode(text, at, point);
  if (size == 0) return {};
  Glyph glyph{size, true, !in(kHarmful, point), 1};
  if (point >= 0x300) glyph.width = in(kWide, point) ? 2 : in(kCombining, point) ? 0 : 1;
  if (!glyph.harmless) glyph.width = 1;
  return glyph;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Glyph glyph = glyph_at(text, at);
    if (glyph.harmless) {
      out += text.substr(at, glyph.size);
    } else if (text[at] == '\t' || text[at] == '\n') {
      out += ' ';
    } else {
      out += kReplacement;
    }
    at += glyph.size;
  }
  return out;
}

}  // namespace weir::text
