#pragma once

#include "graph/flow/api/run_services.h"
#include "runtime/process/log.h"
#include "runtime/process/runtime.h"

namespace weir::cli {

/// Returns the function that reads side inputs of a run, each by a run of its own. Borrows both.
std::function<void(const flow::SideInput&)> side_inputs(Runtime& runtime, Log& log);

}  // namespace weir::cli
