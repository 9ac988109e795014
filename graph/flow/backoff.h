#pragma once

#include <chrono>
#include <cstdint>

#include "graph/spec/call_policy.h"

namespace weir {

/// How long to wait before the next attempt, after so many failed ones (at least 1): `backoff`,
/// doubled for each further one, at most `max_backoff`. With full jitter anything from nothing to
/// that, as `random` (64 uniform bits) says. (Brooker: Exponential Backoff And Jitter, 2015.)
std::chrono::nanoseconds backoff(const RetryPolicy& policy, int failed_attempts,
                                 std::uint64_t random);

}  // namespace weir
