#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::detail {

/// Returns the number of bytes of the UTF-8 character at the beginning of `text`; 0 if there is
/// none.
inline std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = text.empty() ? 0x80 : byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong, half of a surrogate pair, or beyond the last code point.
  const bool wrong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
                     (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f);
  return wrong ? 0 : size;
}

/// Writes the code point as UTF-8, also one that is half of a surrogate pair, and returns the end.
/// It takes 4 bytes at most.
inline char* write_utf8(std::uint32_t code, char* out) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
    return out;
  }
  if (code < 0x800) {
    *out++ = static_cast<char>(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      *out++ = static_cast<char>(0xe0 | code >> 12);
    } else {
      *out++ = static_cast<char>(0xf0 | code >> 18);
      *out++ = static_cast<char>(0x80 | (code >> 12 & 0x3f));
    }
    *out++ = static_cast<char>(0x80 | (code >> 6 & 0x3f));
  }
  *out++ = static_cast<char>(0x80 | (code & 0x3f));
  return out;
}

/// Returns a lower bound on the number of ASCII bytes at the beginning of `text`; it counts whole
/// words.
inline std::size_t ascii_length(std::string_view text) {
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::uint64_t words[4];
  std::size_t at = 0;
  for (; at + sizeof words <= text.size(); at += sizeof words) {
    std::memcpy(words, text.data() + at, sizeof words);
    if ((words[0] | words[1] | words[2] | words[3]) & kHigh) return at;
  }
  for (; at + sizeof words[0] <= text.size(); at += sizeof words[0]) {
    std::memcpy(words, text.data() + at, sizeof words[0]);
    if (words[0] & kHigh) break;
  }
  return at;
}

inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(ascii_length(text));
    // A character that is not ASCII is often followed by others.
    for (std::size_t i = 0; i < 32 && !text.empty(); ++i) {
      const std::size_t size = utf8_length(text);
      if (size == 0) return false;
      text.remove_prefix(size);
    }
  }
  return true;
}

}  // namespace weir::detail
