#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>

#include "graph/compile/plan/bounds.h"

namespace weir::flow {

/// A place in the order of origins: the number of the token that the origin entered with, then its
/// index in that token. Comparing places of different sources has no meaning.
struct OriginPlace {
  std::uint64_t sequence = 0;
  std::uint32_t root = 0;
  std::uint16_t source = 0;  ///< Index into Plan::sources.
  friend auto operator<=>(const OriginPlace&, const OriginPlace&) = default;
};
static_assert(compile::numbers<decltype(OriginPlace::source)>(compile::kMostSources));

/// A FailureCut compares a place as one number: this many of its bits are `root`, the others
/// `sequence`.
constexpr int kRootBits = 22;
constexpr std::uint32_t kMostRoots = 1u << kRootBits;  ///< The most roots of one token.
constexpr int kSequenceBits = 64 - kRootBits;

/// Returns a sequence above those of all tokens of a source (at 200 us each they last for 13
/// years), for the records that region `region` makes at the end of the input. `number` counts
/// them.
constexpr std::uint64_t sequence_behind_all(std::uint64_t region, std::uint64_t number) {
  constexpr int kBehindBit = kSequenceBits - 1;
  constexpr int kNumberBits = kBehindBit - std::bit_width(compile::kMostRegions - 1);
  static_assert(kNumberBits >= 24);
  constexpr std::uint64_t kMostNumbers = std::uint64_t{1} << kNumberBits;
  return (std::uint64_t{1} << kBehindBit) + (region << kNumberBits) +
         std::min(number, kMostNumbers - 1);
}

}  // namespace weir::flow
