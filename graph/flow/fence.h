#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <mutex>
#include <optional>

#include "graph/flow/report.h"

namespace weir {

/// A place in the order of origins: the token's number, then the origin's index in it.
struct Place {
  std::uint64_t sequence = 0;
  std::uint32_t root = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// The smallest place that must not reach the sink: where the first failing origin stands. It only
/// ever moves down while records are in flight. Thread-safe; the check costs one relaxed load a
/// batch.
class Fence {
 public:
  /// Lowers the fence; the lowest failure's description stays.
  void lower(Place place, ErrorSample failure) {
    const std::lock_guard lock(mutex_);
    if (place_ && *place_ <= place) return;
    place_ = place;
    failure_ = std::move(failure);
    packed_.store(packed(place), std::memory_order_release);
  }

  /// The failure at `place` does not count after all.
  void clear(Place place) {
    const std::lock_guard lock(mutex_);
    if (place_ != place) return;
    place_.reset();
    failure_ = {};
    packed_.store(kNone, std::memory_order_release);
  }

  /// Whether `place` lies behind the failing one.
  bool behind(Place place) const { return packed(place) > packed_.load(std::memory_order_acquire); }
  /// The same, the failing one included.
  bool holds_back(Place place) const {
    return packed(place) >= packed_.load(std::memory_order_acquire);
  }
  bool raised() const { return packed_.load(std::memory_order_acquire) != kNone; }

  std::optional<Place> place() const {
    const std::lock_guard lock(mutex_);
    return place_;
  }
  ErrorSample failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  /// A token holds far fewer than 2^24 records, and a run makes fewer than 2^40 tokens.
  static std::uint64_t packed(Place place) { return place.sequence << 24 | place.root; }

  std::atomic<std::uint64_t> packed_{kNone};
  mutable std::mutex mutex_;
  std::optional<Place> place_;
  ErrorSample failure_;
};

}  // namespace weir
