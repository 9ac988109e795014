#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Checks that records come from sources and that every port is read, in the end by a sink. `mark`
/// is the position of `stages`. Unread ports are reported only if `sure`: no link is missing
/// because of another mistake.
void check_readers(const Drafts& drafts, const std::vector<Link>& links, const Mark& mark,
                   bool sure, Diagnostics& diagnostics);

}  // namespace weir::compile
