#pragma once

#include "graph/compile/plan/plan.h"
#include "graph/flow/api/report.h"

namespace weir::flow {

/// Adds the counts of a stage's further loop passes to the stage itself, which alone stays in the
/// report. The stages are then in the order of the file.
void fold_passes(Report& report, const compile::Plan& plan);

}  // namespace weir::flow
