#pragma once

#include <cstdint>

namespace weir::detail {

/// The number that splitmix64 adds to its state at each step.
constexpr std::uint64_t kMix64Step = 0x9e3779b97f4a7c15u;

/// One step of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators;
/// Vigna: https://prng.di.unimi.it/splitmix64.c): every bit of the result depends on every bit of
/// `x`, and different numbers stay different.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += kMix64Step;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// Returns the next number of splitmix64's sequence and advances `state`.
constexpr std::uint64_t next_mix64(std::uint64_t& state) {
  const std::uint64_t number = mix64(state);
  state += kMix64Step;
  return number;
}

}  // namespace weir::detail
