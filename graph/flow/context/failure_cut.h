#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "graph/flow/api/report.h"
#include "graph/flow/order/origin_place.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The smallest place of each source that must not reach a sink, which is that of its first failing
/// origin. While records are in flight it only moves down. Thread-safe; the check costs one load
/// for each batch.
class FailureCut {
 public:
  explicit FailureCut(std::size_t sources) : packed_(sources), failures_(sources) {
    for (auto& packed : packed_) packed.store(kNone, std::memory_order_relaxed);
  }

  /// Lowers the cut to `place`, if that is smaller. The description of the lowest failure is kept.
  void lower(OriginPlace place, ErrorSample failure) {
    const Lock lock(mutex_);
    std::optional<Failure>& current = failures_[place.source];
    if (current && current->place <= place) return;
    current = Failure{place, std::move(failure)};
    packed_[place.source].store(packed(place), std::memory_order_release);
    raised_.store(true, std::memory_order_release);
  }

  /// Withdraws the failure at `place`, which does not count after all.
  void clear(OriginPlace place) {
    const Lock lock(mutex_);
    std::optional<Failure>& current = failures_[place.source];
    if (!current || current->place != place) return;
    current.reset();
    packed_[place.source].store(kNone, std::memory_order_release);
    raised_.store(std::ranges::any_of(failures_, [](const auto& f) { return f.has_value(); }));
  }

  /// Returns whether `place` lies behind the failing place of its source.
  bool behind(OriginPlace place) const {
    return packed(place) > packed_[place.source].load(std::memory_order_acquire);
  }
  /// Returns whether `place` is the failing place of its source, or lies behind it.
  bool holds_back(OriginPlace place) const {
    return packed(place) >= packed_[place.source].load(std::memory_order_acquire);
  }
  bool raised() const { return raised_.load(std::memory_order_acquire); }

  std::optional<OriginPlace> place(SourceId source) const {
    const Lock lock(mutex_);
    return failures_[source] ? std::optional(failures_[source]->place) : std::nullopt;
  }
  /// Returns the failure of the first source that has one.
  ErrorSample failure() const {
    const Lock lock(mutex_);
    for (const auto& failure : failures_) {
      if (failure) return failure->sample;
    }
    return {};
  }
  compile::IdRange<SourceId> sources() const { return packed_.ids(); }

 private:
  /// The lowest failure of a source.
  struct Failure {
    OriginPlace place;
    ErrorSample sample;
  };
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  static std::uint64_t packed(OriginPlace place) {
    return place.token.value() << kRootBits | place.root;
  }

  IdVector<SourceId, std::atomic<std::uint64_t>> packed_;
  std::atomic<bool> raised_{false};
  mutable Mutex mutex_;
  IdVector<SourceId, std::optional<Failure>> failures_ WEIR_GUARDED_BY(mutex_);
};

}  // namespace weir::flow
