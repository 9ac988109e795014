#pragma once

#include "graph/spec/diagnostics.h"
#include "graph/spec/pipeline_spec.h"

namespace weir {

/// Whether the keys that say how a stage is called fit each other and its type. Reports those that
/// do not.
bool check_call(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics);

/// Where the number of workers is written.
const Mark& mark_of_workers(const StageSpec& spec);

}  // namespace weir
