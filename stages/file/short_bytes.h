#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::stages::file {

// What a call of memcpy or memcmp does, inline, for the few bytes of a key or a line: there the
// call costs more than the bytes.

template <class Word>
inline bool same_ends(const char* a, const char* b, std::size_t size) {
  Word words[4];
  std::memcpy(&words[0], a, sizeof(Word));
  std::memcpy(&words[1], b, sizeof(Word));
  std::memcpy(&words[2], a + size - sizeof(Word), sizeof(Word));
  std::memcpy(&words[3], b + size - sizeof(Word), sizeof(Word));
  return words[0] == words[1] && words[2] == words[3];
}

/// Copies the first and the last `n` of `size` bytes, which may overlap.
template <std::size_t n>
inline void copy_ends(char* to, const char* from, std::size_t size) {
  std::memcpy(to, from, n);
  std::memcpy(to + size - n, from + size - n, n);
}

inline bool same_bytes(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) return same_ends<std::uint64_t>(a.data(), b.data(), size);
  if (size >= 4) return same_ends<std::uint32_t>(a.data(), b.data(), size);
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

/// Copies bytes to where they do not overlap, and returns the end.
inline char* copy_bytes(std::string_view from, char* to) {
  constexpr std::size_t kShort = 256;
  constexpr std::size_t kStep = 16;
  const std::size_t size = from.size();
  if (size > kShort) {
    std::memcpy(to, from.data(), size);
  } else if (size >= kStep) {
    for (std::size_t at = 0; at + kStep < size; at += kStep) {
      std::memcpy(to + at, from.data() + at, kStep);
    }
    std::memcpy(to + size - kStep, from.data() + size - kStep, kStep);
  } else if (size >= 8) {
    copy_ends<8>(to, from.data(), size);
  } else if (size >= 4) {
    copy_ends<4>(to, from.data(), size);
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
  return to + size;
}

}  // namespace weir::stages::file
