#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace weir::flow {

using Clock = std::chrono::steady_clock;

/// Returns the end of a wait that begins at `now`, at most the last time point.
inline Clock::time_point time_after(Clock::time_point now, std::chrono::nanoseconds wait) {
  const auto most = Clock::time_point::max() - std::max(now, Clock::time_point());
  return wait > most ? Clock::time_point::max() : now + wait;
}

/// A timer. It is a member of what waits, so that setting it needs no memory of its own.
struct Timer {
  static constexpr std::size_t kUnset = static_cast<std::size_t>(-1);

  Clock::time_point at;
  std::size_t index = kUnset;  ///< Its index in the heap.
  std::uint8_t kind = 0;
  void* owner = nullptr;

  bool set() const { return index != kUnset; }
};

/// Timers, the earliest first: a binary heap in which each timer knows its index, so that any of
/// them can be removed. Not thread-safe.
class TimerHeap {
 public:
  void set(Timer& timer, Clock::time_point at) {
    if (timer.set()) drop(timer);
    timer.at = at;
    heap_.push_back(nullptr);
    rise(heap_.size() - 1, timer);
  }
  void drop(Timer& timer) {
    if (!timer.set()) return;
    const std::size_t hole = std::exchange(timer.index, Timer::kUnset);
    Timer* const moved = heap_.back();
    heap_.pop_back();
    if (hole == heap_.size()) return;
    sink(rise(hole, *moved), *moved);
  }
  std::optional<Clock::time_point> next() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_.front()->at);
  }
  /// Removes and returns the earliest timer if it is due, else returns null.
  Timer* pop_due(Clock::time_point now) {
    if (heap_.empty() || heap_.front()->at > now) return nullptr;
    Timer* const due = heap_.front();
    drop(*due);
    return due;
  }
  bool empty() const { return heap_.empty(); }

 private:
  void put(std::size_t at, Timer& timer) {
    heap_[at] = &timer;
    timer.index = at;
  }
  std::size_t rise(std::size_t at, Timer& timer) {
    while (at > 0 && heap_[(at - 1) / 2]->at > timer.at) {
      put(at, *heap_[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
    put(at, timer);
    return at;
  }
  void sink(std::size_t at, Timer& timer) {
    while (true) {
      std::size_t child = 2 * at + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && heap_[child + 1]->at < heap_[child]->at) ++child;
      if (heap_[child]->at >= timer.at) break;
      put(at, *heap_[child]);
      at = child;
    }
    put(at, timer);
  }

  std::vector<Timer*> heap_;
};

}  // namespace weir::flow
