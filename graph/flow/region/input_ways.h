#pragma once

#include <cstddef>
#include <vector>

#include "graph/compile/plan/plan.h"

namespace weir::flow {

/// A region on the way to an input of a merge, and the next region on that way.
struct InputWay {
  compile::RegionId region;
  compile::RegionId to;
  std::size_t input = 0;  ///< Index of an input of `to`.
  /// Indices of the ways in the same list that go on from `to`; none if that is the merge.
  std::vector<std::size_t> onward;
};

/// Returns the ways to `input` of the region `merge`, those further up first, as far up as records
/// are neither called nor shed on their way. Regions that also bring something to a later input, by
/// whatever way, are left out: there the region's own order says what comes first, and while one
/// input waits for the other, the region may be stuck.
std::vector<InputWay> ways_to(const compile::Plan& plan, compile::RegionId merge,
                              std::size_t input);

}  // namespace weir::flow
