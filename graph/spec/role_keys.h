#pragma once

#include "graph/spec/diagnostics.h"
#include "graph/spec/pipeline_spec.h"

namespace weir {

/// Whether every framework key of the stage fits its type: a source has no `when`, what sees one
/// record at a time no `workers`, and so on. Reports those that do not.
bool check_keys_of_role(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics);

/// "a source", "a transform", ...
const char* role_name(Role role);

}  // namespace weir
