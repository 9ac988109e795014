#pragma once

#include <vector>

#include "graph/spec/layout.h"

namespace weir {

/// The strongly connected components of the graph: sets of stages each of which reaches all others
/// of its set. Only those that hold a cycle, each in ascending order, by their smallest stage.
/// (Tarjan, "Depth-first search and linear graph algorithms", without recursion.)
std::vector<std::vector<int>> cyclic_components(std::size_t stages, const std::vector<Link>& links);

/// A shortest way along the links from one stage to another one, or round from it to itself, by
/// stages of `allowed` only; both ends are part of it. Empty: there is none.
std::vector<int> shortest_way(int from, int to, const std::vector<bool>& allowed,
                              const std::vector<Link>& links);

}  // namespace weir
