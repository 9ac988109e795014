#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Reports the first stage beyond `kMostStages` (bounds.h). Returns false after that, since nothing
/// more can then be said about the pipeline.
bool check_stage_count(const Drafts& drafts, Diagnostics& diagnostics);

/// Reports the first source beyond `kMostSources` (bounds.h). The streams of sources count. Returns
/// false after that, since regions then have no number for their source.
bool check_source_count(const Drafts& drafts, Diagnostics& diagnostics);

/// Reports the first fork that lies below `kForks` (bounds.h) other forks.
void check_forks(const Drafts& drafts, const Regions& regions, Diagnostics& diagnostics);

}  // namespace weir::compile
