#pragma once

#include <vector>

#include "runtime/drawing.h"

namespace weir {

/// The nodes of a region, in the order in which records go through them: where it begins, the
/// stage that is called record by record, its segments and what puts batches in order before them.
std::vector<DrawnNode> drawn_nodes(const Plan& plan, int region);

}  // namespace weir
