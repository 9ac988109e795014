#pragma once

#include "graph/flow/run.h"
#include "runtime/process/log.h"

namespace weir::cli {

/// Returns the services that a run gets from this process. Borrows `log`.
flow::RunServices services_with(Log& log);

}  // namespace weir::cli
