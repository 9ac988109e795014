#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Checks that the quotas of the regions suffice for what the keys of their stages ask for.
/// Resolves `workers: auto` of stages that are called record by record.
void check_quotas(Drafts& drafts, const Regions& regions, const Limits& limits,
                  Diagnostics& diagnostics);

}  // namespace weir::compile
