#pragma once

#include <vector>

#include "graph/compile/graph/draft.h"
#include "graph/compile/plan/load_options.h"

namespace weir::compile {

/// Marks the stages into which faults are injected, as the options ask. Reports names of no stage,
/// and stages that do not see each record alone.
void mark_chaos(Drafts& drafts, const LoadOptions& options, Diagnostics& diagnostics);

}  // namespace weir::compile
