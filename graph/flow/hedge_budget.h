#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace weir {

/// Keeps hedges under a share of calls (as gRPC's retry throttling does for retries): each call
/// earns `share` of a hedge, and no more are saved up than `share` of all that may run at the same
/// time, or 10, so that a burst of slow calls cannot double the load. There is one to begin with,
/// unless the share is 0: after n calls never more than share x n + 1 hedges. Not thread-safe.
class HedgeBudget {
 public:
  HedgeBudget(double share, int workers)
      : share_(std::llround(std::clamp(share, 0.0, 10.0) * kOne)),
        most_(std::max(10 * kOne, share_ * workers)),
        saved_(share_ > 0 ? kOne : 0) {}

  void call() { saved_ = std::min(saved_ + share_, most_); }
  /// Spends one hedge; false if there is none.
  [[nodiscard]] bool take() {
    if (saved_ < kOne) return false;
    saved_ -= kOne;
    return true;
  }

 private:
  /// Whole billionths: twenty times 0.05 must make one.
  static constexpr std::int64_t kOne = 1'000'000'000;

  const std::int64_t share_;
  const std::int64_t most_;
  std::int64_t saved_;
};

}  // namespace weir
