#pragma once

#include <array>
#include <cstdint>

#include "graph/compile/plan/bounds.h"
#include "graph/flow/order/origin_place.h"

namespace weir::flow {

/// The position of a record in the order in which merges take records: the place of its origin and,
/// for each fork that it has passed, its number among the records of its origin there. Two records
/// that left a fork one after the other stay distinct behind it, however many children an origin
/// has, while the copies of one record (a tee) are equal.
struct MergeRank {
  OriginPlace place;
  std::array<std::uint32_t, compile::kForks> child{};
  friend auto operator<=>(const MergeRank&, const MergeRank&) = default;
};

}  // namespace weir::flow
