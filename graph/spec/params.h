#pragma once

#include <string>
#include <utility>
#include <vector>

#include "graph/spec/interpolate.h"
#include "graph/spec/pipeline_spec.h"

namespace weir {

/// Reads `params:` (null: none), whose scalars are interpolated, and gives every param its value:
/// the last one set, else its default.
Params read_params(const Node* node, const std::vector<std::pair<std::string, std::string>>& set,
                   SpecBinder& binder);

}  // namespace weir
