#pragma once

#include <vector>

#include "graph/compile/plan/link.h"

namespace weir::compile {

/// Returns the strongly connected components of the graph that hold a cycle. A component is a set
/// of stages each of which reaches all others of the set. Each is in ascending order, and all are
/// sorted by their smallest stage. (Tarjan, "Depth-first search and linear graph algorithms",
/// without recursion.)
std::vector<std::vector<StageId>> cyclic_components(std::size_t stages,
                                                    const std::vector<Link>& links);

/// Returns a shortest way along the links from one stage to another, or from a stage round to
/// itself, through stages of `allowed` only. The way includes both ends; empty: there is none.
std::vector<StageId> shortest_way(StageId from, StageId to, const IdVector<StageId, bool>& allowed,
                                  const std::vector<Link>& links);

}  // namespace weir::compile
