#pragma once

#include <vector>

#include "graph/spec/layout.h"

namespace weir {

/// Whether the region begins with a source. (Letters that nobody sends come from nowhere, too.)
bool has_source(const Region& region);

/// The regions with their stages, what they hand on to each other and where their records come
/// from; order and segments are for `lay_out`. Dead letters are merged by arrival so far.
std::vector<Region> cut_regions(const std::vector<StageShape>& stages,
                                const std::vector<Link>& links);

}  // namespace weir
