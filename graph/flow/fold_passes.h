#pragma once

#include "graph/flow/report.h"
#include "graph/spec/plan.h"

namespace weir {

/// Adds what the further passes of a stage did (`loop`) to the stage itself, which alone stays in
/// the report; then the stages stand in the order of the file.
void fold_passes(Report& report, const Plan& plan);

}  // namespace weir
