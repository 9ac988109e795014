#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "graph/compile/plan/call_policy.h"
#include "graph/flow/order/origin_place.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

using Clock = std::chrono::steady_clock;

/// A token bucket by virtual scheduling (the GCRA of ITU-T I.371, annex A), which needs no thread
/// to fill it. Token n arrives at start + n / rate; a token that arrives when `burst` others wait
/// is discarded. The bucket starts empty, whatever the burst. In any time T at most burst + rate x
/// T + 1 tokens are taken.
///
/// Tokens are whole and numbered from the start, so that rounding errors never add up, and a late
/// user of one token does not delay the next. Thread-safe: stages share a bucket by name.
class TokenBucket {
 public:
  TokenBucket(const compile::RateLimit& limit, Clock::time_point start);

  /// Takes a token. If there is none, returns when the next one arrives (another stage may take it
  /// first).
  std::optional<Clock::time_point> take(Clock::time_point now);
  /// Does the same for one of several users: a token goes to the user that waits with the oldest
  /// record. A refused user waits until it gets a token or withdraws.
  std::optional<Clock::time_point> take_in_turn(Clock::time_point now, const void* user,
                                                OriginPlace oldest);
  void withdraw(const void* user);
  /// Returns a token that was taken and not used.
  void give_back();

 private:
  std::optional<Clock::time_point> take_now(Clock::time_point now) WEIR_REQUIRES(mutex_);
  Clock::time_point due(std::int64_t token) const;
  std::int64_t come_by(Clock::time_point now) const;

  const long double per_second_;
  const std::int64_t burst_;
  const Clock::time_point start_;
  Mutex mutex_;
  std::vector<std::pair<const void*, OriginPlace>> waiting_ WEIR_GUARDED_BY(mutex_);
  std::int64_t gone_ WEIR_GUARDED_BY(mutex_) = 0;  ///< Tokens taken or discarded.
};

}  // namespace weir::flow
