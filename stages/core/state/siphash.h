#pragma once

#include <cstdint>
#include <string_view>

namespace weir::stages::core {

/// 128 bits that stand for a text. Two texts that nobody chose for the purpose have equal hashes
/// with a probability of 2^-128.
struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

/// SipHash-2-4 with 128 bits of output, by Jean-Philippe Aumasson and Daniel J. Bernstein
/// ("SipHash: a fast short-input PRF", 2012); its first output word is `low`.
Hash128 siphash(std::string_view text, std::uint64_t key0, std::uint64_t key1);

}  // namespace weir::stages::core
