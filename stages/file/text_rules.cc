#include "stages/file/text_rules.h"

#include <simdjson.h>

#include <array>
#include <cstring>
#include <utility>

#include "weir/detail/utf8.h"
#include "weir/error.h"

namespace weir::stages::file {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
/// The characters that windows-1252 has for the bytes 0x80 to 0x9f (0: none).
constexpr std::uint16_t kWindows[] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

/// What a byte from 0x80 on becomes.
struct Character {
  char bytes[3] = {};
  std::uint8_t size = 0;  ///< 0: it is an error.
};
using Characters = std::array<Character, 128>;

Characters characters_of(Encoding encoding, OnInvalid action) {
  Characters all;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool windows = encoding == Encoding::windows_1252 && i < std::size(kWindows);
    const auto byte = static_cast<std::uint16_t>(0x80 + i);
    const std::uint16_t code = windows ? kWindows[i] : byte;
    char bytes[4] = {};
    std::size_t size = 0;
    if (code != 0) {
      size = static_cast<std::size_t>(detail::write_utf8(code, bytes) - bytes);
    } else if (action == OnInvalid::keep) {
      bytes[0] = static_cast<char>(byte);
      size = 1;
    } else if (action == OnInvalid::replace) {
      size = kReplacement.copy(bytes, kReplacement.size());
    }
    std::memcpy(all[i].bytes, bytes, sizeof all[i].bytes);
    all[i].size = static_cast<std::uint8_t>(size);
  }
  return all;
}

const Characters& characters(Encoding encoding, OnInvalid action) {
  static const auto all = [] {
    std::array<std::array<Characters, 3>, 2> made;
    for (int i = 0; i < 3; ++i) {
      made[0][i] = characters_of(Encoding::latin_1, static_cast<OnInvalid>(i));
      made[1][i] = characters_of(Encoding::windows_1252, static_cast<OnInvalid>(i));
    }
    return made;
  }();
  return all[encoding == Encoding::windows_1252][static_cast<std::size_t>(action)];
}

std::optional<std::size_t> converted_size(std::string_view bytes, const Characters& characters) {
  std::size_t size = 0;
  bool good = true;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const std::size_t one = byte < 0x80 ? 1 : characters[byte - 0x80].size;
    size += one;
    good = good && one != 0;
  }
  return good ? std::optional(size) : std::nullopt;
}

void convert(std::string_view bytes, const Characters& characters, char* out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      *out++ = c;
      continue;
    }
    const Character& character = characters[byte - 0x80];
    for (std::uint8_t i = 0; i < character.size; ++i) *out++ = character.bytes[i];
  }
}

bool is_ascii(std::string_view bytes) {
  bytes.remove_prefix(detail::ascii_length(bytes));
  for (const char c : bytes) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

/// Returns how many bytes at the beginning of `bytes` stand for one half of a surrogate pair; 0 if
/// they do not.
std::size_t half_pair(std::string_view bytes) {
  const bool half = bytes.size() >= 3 && bytes[0] == '\xed' &&
                    static_cast<unsigned char>(bytes[1]) >= 0xa0 &&
                    static_cast<unsigned char>(bytes[1]) <= 0xbf;
  return half ? 3 : 0;
}

std::string hexadecimal(unsigned value, int digits) {
  std::string text = "0x";
  for (int i = digits - 1; i >= 0; --i) text += "0123456789abcdef"[value >> (4 * i) & 15];
  return text;
}

}  // namespace

bool TextRules::good(std::string_view bytes) const {
  return single_byte() ? is_ascii(bytes) : simdjson::validate_utf8(bytes.data(), bytes.size());
}

/// Calls `piece` with each piece of the text. Returns false at the first byte that is none, with
/// on_invalid: error.
template <class Piece>
bool TextRules::each_piece(std::string_view bytes, Piece&& piece) const {
  const OnInvalid action = on_invalid();
  while (!bytes.empty()) {
    std::size_t size = detail::ascii_length(bytes);
    while (const std::size_t next =
               size < bytes.size() ? detail::utf8_length(bytes.substr(size)) : 0) {
      size += next;
    }
    if (size > 0) piece(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (bytes.empty()) return true;
    if (action == OnInvalid::error) return false;
    size = utf_16() ? half_pair(bytes) : 0;
    if (size == 0) size = 1;
    piece(action == OnInvalid::keep ? bytes.substr(0, size) : kReplacement);
    bytes.remove_prefix(size);
  }
  return true;
}

std::optional<std::size_t> TextRules::text_size(std::string_view bytes) const {
  if (single_byte()) return converted_size(bytes, characters(encoding_, on_invalid()));
  std::size_t size = 0;
  const bool whole = each_piece(bytes, [&](std::string_view piece) { size += piece.size(); });
  return whole ? std::optional(size) : std::nullopt;
}

void TextRules::write(std::string_view bytes, char* out) const {
  if (single_byte()) return convert(bytes, characters(encoding_, on_invalid()), out);
  each_piece(bytes, [&](std::string_view piece) {
    std::memcpy(out, piece.data(), piece.size());
    out += piece.size();
  });
}

std::string TextRules::error(std::string_view bytes) const {
  std::size_t at = 0;
  if (single_byte()) {
    // Only windows-1252 has bytes that stand for nothing.
    const auto none = [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte >= 0x80 && byte < 0xa0 && kWindows[byte - 0x80] == 0;
    };
    while (at < bytes.size() && !none(bytes[at])) ++at;
  } else {
    each_piece(bytes, [&](std::string_view piece) { at += piece.size(); });
  }
  const std::string_view rest = bytes.substr(at);
  const unsigned byte = rest.empty() ? 0 : static_cast<unsigned char>(rest[0]);
  const std::string where = " at byte " + std::to_string(at) + " of the record";
  if (encoding_ == Encoding::windows_1252) {
    return "expected windows-1252, got byte " + hexadecimal(byte, 2) + where;
  }
  if (!utf_16()) return "expected utf-8, got byte " + hexadecimal(byte, 2) + where;
  if (half_pair(rest) == 0) return "expected utf-16, got half of a unit" + where;
  const unsigned unit = 0xd000 | (static_cast<unsigned char>(rest[1]) & 0x3fu) << 6 |
                        (static_cast<unsigned char>(rest[2]) & 0x3fu);
  return "expected utf-16, got " + hexadecimal(unit, 4) + " without its other half" + where;
}

std::string header_text(std::string bytes, const TextRules& rules, const std::string& path) {
  if (rules.as_is() || rules.good(bytes)) return bytes;
  const std::optional<std::size_t> size = rules.text_size(bytes);
  if (!size) throw Error("encoding", "the header of '" + path + "': " + rules.error(bytes));
  std::string text(*size, '\0');
  rules.write(bytes, text.data());
  return text;
}

}  // namespace weir::stages::file
