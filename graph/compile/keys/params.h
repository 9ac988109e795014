#pragma once

#include <string>
#include <utility>
#include <vector>

#include "graph/compile/keys/pipeline_spec.h"
#include "graph/compile/yaml/interpolate.h"

namespace weir::compile {

/// The values of `--set name=value`, in order.
using Sets = std::vector<std::pair<std::string, std::string>>;

/// Reads `params:` (null: there is none), whose scalars have been interpolated, and gives every
/// param its value: the last one set, else its default. A value must be of the param's type.
Params read_params(const Node* node, const Sets& set, SpecBinder& binder);

}  // namespace weir::compile
