#pragma once

#include <chrono>
#include <cstdint>

#include "graph/compile/plan/call_policy.h"

namespace weir::flow {

/// Returns the wait before the next attempt after `failed_attempts` failed ones (at least 1):
/// `backoff`, doubled for each further failure, at most `max_backoff`. With full jitter it is
/// between zero and that, as `random` (64 uniform bits) decides. (Brooker: Exponential Backoff And
/// Jitter, 2015.)
std::chrono::nanoseconds backoff(const compile::RetryPolicy& policy, int failed_attempts,
                                 std::uint64_t random);

}  // namespace weir::flow
