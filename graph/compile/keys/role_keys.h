#pragma once

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/keys/pipeline_spec.h"

namespace weir::compile {

/// Returns whether every framework key of the stage fits its type, and reports those that do not. A
/// source has no `when`, a stage that sees one record at a time no `workers`, and so on.
bool check_keys_of_role(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics);

/// Returns the framework keys that no stage of the type takes, whatever its options are.
std::vector<std::string> refused_keys(const TypeSpec& type);

/// Returns "a source", "a transform", ...
const char* role_name(Role role);

}  // namespace weir::compile
