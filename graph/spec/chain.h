#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// Whether the stages make a pipeline: one source, first; one sink, last, but for chains of dead
/// letters behind it, each with a sink. `mark` is where `stages` is written.
void check_chain(const std::vector<Draft>& drafts, const Mark& mark, Diagnostics& diagnostics);

/// Whether every stage gets the kind of records that it needs: text, fields, up-to-date text.
void check_kinds(const std::vector<Draft>& drafts, Diagnostics& diagnostics);

}  // namespace weir
