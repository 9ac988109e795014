#pragma once

#include <vector>

#include "runtime/draw/drawing.h"

namespace weir::cli {

/// Returns the nodes of a region, in the order in which records pass them: its entry, the stage
/// that is called record by record, its segments, and the sequencers before them.
std::vector<DrawnNode> drawn_nodes(const compile::Plan& plan, compile::RegionId region);

}  // namespace weir::cli
