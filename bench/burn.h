#pragma once

// The work of W1 to W3 is the same for weir and every peer: a chain of multiplications, each of
// which needs the result of the one before. So it takes the same time in every language and with
// every compiler.

#include <cstdint>

namespace bench {

inline std::uint64_t burn(std::uint64_t value, std::uint64_t iterations) {
  for (std::uint64_t i = 0; i < iterations; ++i) {
    value = value * 6364136223846793005u + 1442695040888963407u;
    asm volatile("" : "+r"(value));
  }
  return value;
}

/// Returns whether the item costs a hundred times as much: one in a hundred does, without a
/// pattern.
inline bool is_heavy(std::uint64_t item) {
  item = (item ^ (item >> 30)) * 0xbf58476d1ce4e5b9u;
  item = (item ^ (item >> 27)) * 0x94d049bb133111ebu;
  return (item ^ (item >> 31)) % 100 == 0;
}

inline std::uint64_t work(std::uint64_t item, std::uint64_t iterations, bool skew) {
  return burn(item, skew && is_heavy(item) ? 100 * iterations : iterations);
}

/// Adds a result so that another order of the results gives another sum.
inline std::uint64_t add_in_order(std::uint64_t sum, std::uint64_t result) {
  return (sum ^ result) * 0x9e3779b97f4a7c15u;
}

}  // namespace bench
