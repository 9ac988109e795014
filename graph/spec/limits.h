#pragma once

#include "graph/spec/load.h"
#include "graph/spec/pipeline_spec.h"

namespace weir {

/// Resolves `auto` and what was not written, and checks that the memory suffices for a pipeline
/// with that many stages between source and sink. `node` is `limits:`, null if not written.
Limits resolve_limits(const LimitsSpec& spec, const Node* node, std::size_t transforms,
                      const LoadOptions& options, Diagnostics& diagnostics);

}  // namespace weir
