#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "graph/flow/order/merge_rank.h"

namespace weir::flow {

class Attempt;

/// The consequences of a change to a region's input, carried out when its lock is free again.
struct Actions {
  bool output = false;            ///< Something can be taken out, or the end is reached.
  std::vector<std::size_t> room;  ///< Inputs that have room again.
  bool loop = false;              ///< The event loop has something to do, or earlier than it knows.
  std::vector<std::shared_ptr<Attempt>> cancels;  ///< Detached attempts that are to be cancelled.
  std::optional<MergeRank> decided;  ///< The merge has taken one record of each up to this rank.
};

}  // namespace weir::flow
