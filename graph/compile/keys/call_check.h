#pragma once

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/keys/pipeline_spec.h"

namespace weir::compile {

/// Returns whether the keys about the calls of a stage fit each other and its type; reports those
/// that do not.
bool check_call(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics);

/// Returns whether a key says how single calls are made: `rate`, `retry`...
bool has_call_policy(const StageSpec& spec);

/// Returns whether the stage will be called record by record, and so may have a `key`.
bool is_called(const StageSpec& spec, const TypeSpec& type);

/// Returns the position of the number of workers.
const Mark& mark_of_workers(const StageSpec& spec);

}  // namespace weir::compile
