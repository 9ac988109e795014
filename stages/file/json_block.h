#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace weir::stages::file {

/// 64 bytes of JSON, with a bit for each byte: the lowest for the first.
struct JsonBlock {
  static constexpr std::size_t kSize = 64;

  std::uint64_t quotes = 0;
  std::uint64_t backslashes = 0;
  std::uint64_t structurals = 0;  ///< { } [ ] : ,
  std::uint64_t line_feeds = 0;

  /// Classifies the 64 bytes at `bytes`.
  explicit JsonBlock(const char* bytes) {
#ifdef __SSE2__
    for (unsigned i = 0; i < kSize; i += 16) {
      const __m128i at = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
      const auto is = [](__m128i piece, char c) { return _mm_cmpeq_epi8(piece, _mm_set1_epi8(c)); };
      const auto mask = [i](__m128i found) {
        return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(found))} << i;
      };
      // Bit 5 tells { from [ and } from ], and nothing else becomes one of them.
      const __m128i upper = _mm_or_si128(at, _mm_set1_epi8(0x20));
      quotes |= mask(is(at, '"'));
      backslashes |= mask(is(at, '\\'));
      line_feeds |= mask(is(at, '\n'));
      structurals |= mask(_mm_or_si128(_mm_or_si128(is(upper, '{'), is(upper, '}')),
                                       _mm_or_si128(is(at, ':'), is(at, ','))));
    }
#else
    for (unsigned i = 0; i < kSize; ++i) {
      const char c = bytes[i];
      const std::uint64_t bit = std::uint64_t{1} << i;
      quotes |= c == '"' ? bit : 0;
      backslashes |= c == '\\' ? bit : 0;
      line_feeds |= c == '\n' ? bit : 0;
      structurals |= (c | 0x20) == '{' || (c | 0x20) == '}' || c == ':' || c == ',' ? bit : 0;
    }
#endif
  }
};

/// Returns a mask in which each bit is the sum, modulo 2, of those of `bits` up to its own.
inline std::uint64_t running_parity(std::uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace weir::stages::file
