#pragma once

#include <vector>

#include "graph/spec/draft.h"

namespace weir {

/// Puts every stage behind those that it reads, and directly behind its only one where that one has
/// no other reader; else in the order of the file, passes of a loop one behind the other. Links and
/// what else refers to stages follow. There must be no cycles.
void order_stages(std::vector<Draft>& drafts, std::vector<Link>& links);

}  // namespace weir
