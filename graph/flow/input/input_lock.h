#pragma once

#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The lock of a region's input, as clang's analysis knows it. There is one for all inputs: whoever
/// holds one works on that input, and on others that share its mutex (the passes of a loop).
class WEIR_CAPABILITY("lock") InputLock {};
inline InputLock input_lock;

}  // namespace weir::flow
