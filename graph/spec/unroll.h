#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"
#include "graph/spec/loops.h"

namespace weir {

/// With all the passes of its loops, a pipeline has no more stages.
constexpr std::size_t kMostStages = 10'000;

/// Makes the cycles go away: the body is copied for each further pass, what one pass sends back
/// goes to the head of the next one, and what the last one sends back is an error. What leaves the
/// body is read from all passes. Inputs are numbered anew. False if that is impossible, which is
/// reported.
bool unroll(std::vector<Draft>& drafts, std::vector<Link>& links, const std::vector<Loop>& loops,
            Diagnostics& diagnostics);

}  // namespace weir
