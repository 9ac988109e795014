#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// The links between stages: by `from`, by position in the file, and for dead letters.
struct Linked {
  std::vector<Link> links;  ///< In the order of readers and of their inputs.
  bool good = true;         ///< True if nothing was wrong; there may still be cycles.
};

/// Links the stages. A stage without `from` reads the one above it, unless that one is a sink, has
/// several ports or already has a reader. In these cases the stage takes the dead letters that name
/// it, or must say what it reads. Marks the stages at which chains of dead letters begin. Reports
/// inputs that cannot be read, and outputs that nobody reads. `mark` is the position of `stages`.
Linked link_stages(Drafts& drafts, const Mark& mark, Diagnostics& diagnostics);

}  // namespace weir::compile
