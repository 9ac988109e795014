#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace weir::flow {

/// Limits hedges to a share of calls (as gRPC's retry throttling limits retries). Each call earns
/// `share` of a hedge. At most `share` times `workers` hedges are saved, or 10 if that is more, so
/// that a burst of slow calls cannot double the load. The budget starts with one hedge, unless the
/// share is 0; after n calls there were never more than share x n + 1 hedges. Not thread-safe.
class HedgeBudget {
 public:
  HedgeBudget(double share, int workers)
      : share_(std::llround(std::clamp(share, 0.0, 10.0) * kOne)),
        most_(std::max(10 * kOne, share_ * workers)),
        saved_(share_ > 0 ? kOne : 0) {}

  void call() { saved_ = std::min(saved_ + share_, most_); }
  /// Spends one hedge. Returns false if there is none.
  [[nodiscard]] bool take() {
    if (saved_ < kOne) return false;
    saved_ -= kOne;
    return true;
  }
  /// Returns a hedge that was not started.
  void give_back() { saved_ += kOne; }

 private:
  /// Counts whole billionths: twenty times 0.05 must make exactly one.
  static constexpr std::int64_t kOne = 1'000'000'000;

  const std::int64_t share_;
  const std::int64_t most_;
  std::int64_t saved_;
};

}  // namespace weir::flow
