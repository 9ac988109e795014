#pragma once

#include <optional>
#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// A bounded cycle: records that its body sends back to the head go through it again.
struct Loop {
  int head = 0;
  std::vector<int> body;  ///< The head too; in ascending order.
};

/// The loops among the links; nothing if there is a cycle that is none, or a loop that is wrong,
/// which is reported.
std::optional<std::vector<Loop>> find_loops(const std::vector<Draft>& drafts,
                                            const std::vector<Link>& links,
                                            Diagnostics& diagnostics);

}  // namespace weir
