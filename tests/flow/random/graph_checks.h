#pragma once

#include "tests/flow/random/graph_oracle.h"

namespace weir::flow::test {

/// Runs the graph at 1, 2 and 8 threads, and checks all that the contract promises against what the
/// oracle says. Limits that were drawn too small for it are raised until they are not. False: it is
/// none that a plan can be made of.
[[nodiscard]] bool compare(Graph& graph);

}  // namespace weir::flow::test
