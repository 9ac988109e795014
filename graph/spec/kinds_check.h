#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// Whether every stage gets the kind of records that it needs: text, fields, up-to-date text.
/// What a stage reads that does not stand above it is not looked at.
void check_kinds(const std::vector<Draft>& drafts, const std::vector<Link>& links,
                 Diagnostics& diagnostics);

}  // namespace weir
