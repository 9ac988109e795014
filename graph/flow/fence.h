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
    sequence_.store(place.sequence, std::memory_order_release);
  }

  /// The failure does not count after all. Only while nothing is in flight.
  void clear() {
    const std::lock_guard lock(mutex_);
    place_.reset();
    failure_ = {};
    sequence_.store(kNone, std::memory_order_release);
  }

  /// Whether all of token `sequence` lies behind the fence.
  bool behind(std::uint64_t sequence) const {
    return sequence > sequence_.load(std::memory_order_acquire);
  }
  bool raised() const { return sequence_.load(std::memory_order_acquire) != kNone; }

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
  std::atomic<std::uint64_t> sequence_{kNone};
  mutable std::mutex mutex_;
  std::optional<Place> place_;
  ErrorSample failure_;
};

}  // namespace weir
