#pragma once

#include <vector>

#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Puts every stage after those that it reads. A stage that reads only one stage, and is its only
/// reader, comes directly after it. Otherwise the order of the file remains, with the passes of a
/// loop one after the other. Links and other references to stages are updated. There must be no
/// cycles.
void order_stages(Drafts& drafts, std::vector<Link>& links);

}  // namespace weir::compile
