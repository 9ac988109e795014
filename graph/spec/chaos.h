#pragma once

#include <vector>

#include "graph/spec/draft.h"
#include "graph/spec/load.h"

namespace weir {

/// Marks the stages that get faults injected, as the options ask.
void mark_chaos(std::vector<Draft>& drafts, const LoadOptions& options, Diagnostics& diagnostics);

}  // namespace weir
