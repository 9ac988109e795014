#pragma once

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Checks the branches of each merge `first`, which are the ways from the last stage that all its
/// inputs have in common. What happens to a copy that loses must not outweigh what becomes of the
/// one that wins: calls keep their errors, and no queue sheds. No stage may keep anything of the
/// records, of which most are cancelled on their way.
void check_branches(const Drafts& drafts, const Shapes& shapes, const Regions& regions,
                    Diagnostics& diagnostics);

}  // namespace weir::compile
