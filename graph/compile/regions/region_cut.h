#pragma once

#include <vector>

#include "graph/compile/regions/layout.h"

namespace weir::compile {

/// Returns whether the region begins with a source. (A region of dead letters that nobody sends has
/// no inputs either.)
bool has_source(const Region& region);

/// Returns the regions with their stages, inputs, outlets and sources. `lay_out` adds order and
/// segments. Dead letters are merged by arrival here.
Regions cut_regions(const Shapes& stages, const std::vector<Link>& links);

}  // namespace weir::compile
