#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "graph/flow/fence.h"
#include "graph/spec/call_policy.h"

namespace weir {

using Clock = std::chrono::steady_clock;

/// A token bucket by virtual scheduling (the GCRA of ITU-T I.371, annex A): no thread fills it.
/// Token n comes at start + n / rate; a token that finds `burst` others waiting is lost. It begins
/// empty, burst or not. Any time T sees at most burst + rate x T + 1 takes.
///
/// Tokens are whole and numbered since the start, so nothing rounded ever adds up, and whoever
/// comes late for a token does not move the next one. Thread-safe: stages share a bucket by name.
class TokenBucket {
 public:
  TokenBucket(const RateLimit& limit, Clock::time_point start);

  /// Takes a token. Without one: when the next comes (another stage may take that one first).
  std::optional<Clock::time_point> take(Clock::time_point now);
  /// The same for one of several users: a token goes to who waits with the oldest record. Who is
  /// refused waits until it is given one, or withdraws.
  std::optional<Clock::time_point> take_in_turn(Clock::time_point now, const void* user,
                                                Place oldest);
  void withdraw(const void* user);
  /// Puts back a token that was taken and not used.
  void give_back();

 private:
  std::optional<Clock::time_point> take_now(Clock::time_point now);
  Clock::time_point due(std::int64_t token) const;
  std::int64_t come_by(Clock::time_point now) const;

  const long double per_second_;
  const std::int64_t burst_;
  const Clock::time_point start_;
  std::mutex mutex_;
  std::vector<std::pair<const void*, Place>> waiting_;
  std::int64_t gone_ = 0;  ///< Tokens taken or lost.
};

}  // namespace weir
