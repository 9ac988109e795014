#pragma once

#include <optional>
#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// A bounded cycle: records that its body sends back to the head pass through the body again.
struct Loop {
  StageId head;
  std::vector<StageId> body;  ///< Includes the head; in ascending order.
};

/// Returns the loops among the links. Returns nothing, after reporting it, if a cycle is not a loop
/// or a loop is wrong.
std::optional<std::vector<Loop>> find_loops(const Drafts& drafts, const std::vector<Link>& links,
                                            Diagnostics& diagnostics);

}  // namespace weir::compile
