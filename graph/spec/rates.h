#pragma once

#include <vector>

#include "graph/spec/draft.h"

namespace weir {

/// Gives each stage with a `rate` its place in the list that is returned: first those that are
/// shared, as they are written, then one for each stage that has its own.
std::vector<RateLimit> resolve_rates(std::vector<Draft>& drafts,
                                     const std::vector<SharedRate>& shared,
                                     Diagnostics& diagnostics);

}  // namespace weir
