#include "graph/flow/policy/backoff.h"

#include <algorithm>

namespace weir::flow {

std::chrono::nanoseconds backoff(const compile::RetryPolicy& policy, int failed_attempts,
                                 std::uint64_t random) {
  const std::int64_t most = std::max<std::int64_t>(0, policy.max_backoff.count());
  std::int64_t wait = std::clamp<std::int64_t>(policy.backoff.count(), 0, most);
  for (int n = 1; n < failed_attempts && wait > 0 && wait < most; ++n) {
    wait = wait > most / 2 ? most : wait * 2;
  }
  if (policy.jitter == compile::RetryPolicy::Jitter::none) return std::chrono::nanoseconds(wait);
  // Lemire's multiply and shift: uniform in [0, wait] without a division.
  const auto product =
      static_cast<unsigned __int128>(random) * (static_cast<std::uint64_t>(wait) + 1);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(product >> 64));
}

}  // namespace weir::flow
