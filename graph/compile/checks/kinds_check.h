#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Checks that every stage gets the kind of records that it needs: text, fields, or up-to-date
/// text. Inputs from stages that do not stand above it are ignored.
void check_kinds(const Drafts& drafts, const std::vector<Link>& links, Diagnostics& diagnostics);

}  // namespace weir::compile
