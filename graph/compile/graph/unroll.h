#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"
#include "graph/compile/graph/loops.h"

namespace weir::compile {

/// Removes the cycles. The body of each loop is copied for each further pass. Records that one pass
/// sends back go to the head of the next, and those that the last pass sends back are errors. A
/// stage that reads the body's output reads it from all passes. Inputs are numbered anew. Returns
/// false, after reporting it, if that is impossible.
bool unroll(Drafts& drafts, std::vector<Link>& links, const std::vector<Loop>& loops,
            Diagnostics& diagnostics);

}  // namespace weir::compile
