#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// Whether the regions' shares suffice for what the stages' keys ask for. Resolves `workers: auto`
/// of stages that are called record by record.
void check_shares(std::vector<Draft>& drafts, const std::vector<Region>& regions,
                  const Limits& limits, Diagnostics& diagnostics);

}  // namespace weir
