#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>

#include "graph/flow/order/ids.h"

namespace weir::flow {

/// A place in the order of origins: the number of the token that the origin entered with, then its
/// index in that token. Comparing places of different sources has no meaning.
struct OriginPlace {
  TokenNumber token;
  std::uint32_t root = 0;
  SourceId source;
  friend auto operator<=>(const OriginPlace&, const OriginPlace&) = default;
};

/// A FailureCut compares a place as one number: this many of its bits are `root`, the others
/// `token`.
constexpr int kRootBits = 64 - kTokenBits;
constexpr std::uint32_t kMostRoots = 1u << kRootBits;  ///< The most roots of one token.

/// Returns a number behind those of all tokens of a source, for the records that `region` makes at
/// the end of the input. `number` counts them.
constexpr TokenNumber number_behind_all(RegionId region, std::uint64_t number) {
  constexpr int kBehindBit = kTokenBits - 1;
  constexpr int kNumberBits = kBehindBit - std::bit_width(compile::kMostRegions - 1);
  static_assert(kNumberBits >= 24);
  constexpr std::uint64_t kMostNumbers = std::uint64_t{1} << kNumberBits;
  return TokenNumber((std::uint64_t{1} << kBehindBit) +
                     (std::uint64_t{region.number()} << kNumberBits) +
                     std::min(number, kMostNumbers - 1));
}

}  // namespace weir::flow
