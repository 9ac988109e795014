#pragma once

#include <string>

#include "graph/spec/plan.h"

namespace weir {

/// The most that a run of the plan can have in flight, as a table with a line for each region: its
/// share of the records and of the memory, how many calls run there at the same time, and how many
/// records may wait, done, for an earlier one; of merges also what they read.
std::string worst_case(const Plan& plan, bool colours);

}  // namespace weir
