#pragma once

#include "tests/flow/graph_oracle.h"

namespace weir::test {

/// Runs the graph at 1, 2 and 8 threads, and checks all that the contract promises against what the
/// oracle says. Limits that were drawn too small for it are raised until they are not.
void compare(Graph& graph);

}  // namespace weir::test
