#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Sets how the inputs of each stage with several become one stream (`Draft::merge`): by the key
/// `merge`, by the type, or by where the records come from. Stages must come after those that
/// they read. Reports inputs that cannot be merged so.
void resolve_merges(Drafts& drafts, const std::vector<Link>& links, Diagnostics& diagnostics);

}  // namespace weir::compile
