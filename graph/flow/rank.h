#pragma once

#include <array>
#include <cstdint>

#include "graph/flow/fence.h"
#include "graph/spec/plan.h"

namespace weir {

/// Where a record stands in the order by which branches are merged: its origin's place, then, for
/// each fork that it has passed, its number among the records of its origin there. So two records
/// that left a fork one after the other are told apart behind it, however many children an origin
/// has, while the copies of one record (a tee) are equal.
struct Rank {
  Place place;
  std::array<std::uint32_t, kForks> child{};
  friend auto operator<=>(const Rank&, const Rank&) = default;
};

}  // namespace weir
