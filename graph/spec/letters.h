#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// Finds the stage that each `to:` of `on_error` and `on_deadline` names, and the chains of dead
/// letters that begin with these stages behind a sink. Reports those that name something else.
void link_letters(std::vector<Draft>& drafts, Diagnostics& diagnostics);

}  // namespace weir
