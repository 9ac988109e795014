#pragma once

#include "graph/flow/run.h"
#include "runtime/log.h"

namespace weir {

/// What a run gets from this process. Borrows `log`.
RunServices services_with(Log& log);

}  // namespace weir
