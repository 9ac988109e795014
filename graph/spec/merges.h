#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// Says how the inputs of each stage with several become one (`Draft::merge`), by `merge`, by its
/// type, or by where they come from. Stages stand behind those that they read. Reports what cannot
/// be merged so.
void resolve_merges(std::vector<Draft>& drafts, const std::vector<Link>& links,
                    Diagnostics& diagnostics);

}  // namespace weir
