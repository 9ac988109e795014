#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "graph/compile/plan/bounds.h"
#include "graph/flow/order/origin_place.h"

namespace weir::flow {

/// The position of a record in the order in which merges take records: the place of its origin and,
/// for each fork that it has passed, its number among the records of its origin there. Two records
/// that left a fork one after the other stay distinct behind it, however many children an origin
/// has, while the copies of one record (a tee) are equal. Dead letters are counted by themselves,
/// from `kFirstLetter` on, and so stand before the records of their origin.
struct MergeRank {
  OriginPlace place;
  std::array<std::int32_t, compile::kForks> child{};
  friend auto operator<=>(const MergeRank&, const MergeRank&) = default;
};

constexpr std::int32_t kFirstLetter = std::numeric_limits<std::int32_t>::min();

}  // namespace weir::flow
