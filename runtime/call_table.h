#pragma once

#include <string>

#include "graph/flow/report.h"

namespace weir {

/// What the calls of stages came to that are called record by record, a row each; of the columns
/// only those that hold something. Empty if there is no such stage.
std::string call_table(const Report& report, bool colours);

/// Lines that say of such a stage what its figures come to: records that ran out of time, workers
/// that were always busy, calls that never came back.
std::string call_advice(const Report& report);

}  // namespace weir
