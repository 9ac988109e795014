#pragma once

#include <algorithm>
#include <atomic>
#include <compare>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "graph/flow/report.h"

namespace weir {

/// A place in the order of origins: the number of the token that the origin entered with, then its
/// index in it. Places of different sources have no order that means anything.
struct Place {
  std::uint64_t sequence = 0;
  std::uint32_t root = 0;
  std::uint16_t source = 0;  ///< Index into Plan::sources.
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// The smallest place of each source that must not reach a sink: where its first failing origin
/// stands. It only ever moves down while records are in flight. Thread-safe; the check costs one
/// load a batch.
class Fence {
 public:
  explicit Fence(std::size_t sources) : packed_(sources), failures_(sources) {
    for (auto& packed : packed_) packed.store(kNone, std::memory_order_relaxed);
  }

  /// Lowers the fence; the lowest failure's description stays.
  void lower(Place place, ErrorSample failure) {
    const std::lock_guard lock(mutex_);
    std::optional<Failure>& current = failures_[place.source];
    if (current && current->place <= place) return;
    current = Failure{place, std::move(failure)};
    packed_[place.source].store(packed(place), std::memory_order_release);
    raised_.store(true, std::memory_order_release);
  }

  /// The failure at `place` does not count after all.
  void clear(Place place) {
    const std::lock_guard lock(mutex_);
    std::optional<Failure>& current = failures_[place.source];
    if (!current || current->place != place) return;
    current.reset();
    packed_[place.source].store(kNone, std::memory_order_release);
    raised_.store(std::ranges::any_of(failures_, [](const auto& f) { return f.has_value(); }));
  }

  /// Whether `place` lies behind the failing one of its source.
  bool behind(Place place) const {
    return packed(place) > packed_[place.source].load(std::memory_order_acquire);
  }
  /// The same, the failing one included.
  bool holds_back(Place place) const {
    return packed(place) >= packed_[place.source].load(std::memory_order_acquire);
  }
  bool raised() const { return raised_.load(std::memory_order_acquire); }

  std::optional<Place> place(std::size_t source) const {
    const std::lock_guard lock(mutex_);
    return failures_[source] ? std::optional(failures_[source]->place) : std::nullopt;
  }
  /// That of the first source which has one.
  ErrorSample failure() const {
    const std::lock_guard lock(mutex_);
    for (const auto& failure : failures_) {
      if (failure) return failure->sample;
    }
    return {};
  }
  std::size_t sources() const { return packed_.size(); }

 private:
  struct Failure {
    Place place;
    ErrorSample sample;
  };
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  /// A token holds far fewer than 2^22 records, and a run makes fewer than 2^41 tokens.
  static std::uint64_t packed(Place place) { return place.sequence << 22 | place.root; }

  std::vector<std::atomic<std::uint64_t>> packed_;
  std::atomic<bool> raised_{false};
  mutable std::mutex mutex_;
  std::vector<std::optional<Failure>> failures_;
};

}  // namespace weir
