#pragma once

#include <string>

#include "graph/compile/plan/plan.h"

namespace weir::cli {

/// Returns the bounds of what a run of the plan can have in flight, as a table with a line for each
/// region: its quota of records and memory, the number of calls that run there at the same time,
/// and the number of records that may wait, done, for an earlier one; for merges also what they
/// read.
std::string worst_case(const compile::Plan& plan, bool colours);

}  // namespace weir::cli
