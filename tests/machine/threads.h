#pragma once

#include <cstddef>

namespace weir {

/// How many threads this process has.
std::size_t threads_now();

/// Whether all threads but the caller sleep, and slept on while they were looked at: until the
/// clock or the caller wakes one, nothing more happens in this process. What a test may wait for
/// instead of a time that is long enough on a quick machine.
bool others_sleep();

}  // namespace weir
