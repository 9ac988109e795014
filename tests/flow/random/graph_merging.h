#pragma once

#include <vector>

#include "tests/flow/random/graph_oracle.h"

namespace weir::flow::test {

/// Several streams as one.
struct GraphMerged {
  GraphStream stream;
  std::vector<GraphItem> partners;  ///< What became part of others.
};

/// What a sequential merge by the stage's policy makes of its inputs. Records that came together
/// have all notes; those that found no partner say so. A merge without an order puts one input
/// after the other, in lanes of their own.
GraphMerged merge_streams(const GraphNode& node, std::vector<GraphStream> inputs);

}  // namespace weir::flow::test
