#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// Whether records come in by sources, and whatever leaves a stage by any port is read, in the end
/// by a sink. `mark` is where `stages` is written. `sure`: no link is missing because something
/// else is wrong.
void check_readers(const std::vector<Draft>& drafts, const std::vector<Link>& links,
                   const Mark& mark, bool sure, Diagnostics& diagnostics);

}  // namespace weir
