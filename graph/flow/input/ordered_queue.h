#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>

#include "graph/compile/plan/plan.h"
#include "graph/flow/api/report.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/input/input_lock.h"
#include "graph/flow/input/slot.h"

namespace weir::flow {

/// Restores order: records are numbered as they come in, are done in any order, and leave by
/// `Region::order`.
class OrderedQueue {
 public:
  OrderedQueue(RunContext& context, const compile::Region& region);

  bool empty() const WEIR_REQUIRES(input_lock) { return waiting_.empty() && out_.empty(); }
  std::uint64_t size() const WEIR_REQUIRES(input_lock) { return waiting_.size() + out_.size(); }
  /// Returns the first record that is not done, or is behind one that is not. The others follow by
  /// `Slot::next`.
  Slot* first_waiting() const WEIR_REQUIRES(input_lock) { return waiting_.front(); }
  std::uint64_t waiting() const WEIR_REQUIRES(input_lock) { return waiting_.size(); }
  Slot* first_out() const WEIR_REQUIRES(input_lock) { return out_.front(); }
  std::uint64_t out() const WEIR_REQUIRES(input_lock) { return out_.size(); }
  /// Returns how many records have come in so far.
  std::uint64_t entered() const WEIR_REQUIRES(input_lock) { return next_number_; }
  std::uint64_t peak() const WEIR_REQUIRES(input_lock) { return peak_; }

  /// Numbers a record and adds it to those that wait.
  void enter(Slot& slot, Clock::time_point now) WEIR_REQUIRES(input_lock);
  /// Notes that a slot is done. It leaves, and those that waited for it, as far as the order
  /// allows. Returns false if nothing leaves.
  bool done(Slot& slot, Clock::time_point now) WEIR_REQUIRES(input_lock);
  /// Lets the slot leave now.
  void let_leave(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Removes a slot that ends here. Returns true if others leave that had waited for it.
  bool remove(Slot& slot, Clock::time_point now) WEIR_REQUIRES(input_lock);

  /// Removes and returns the next of those that leave; null if there is none.
  Slot* take() WEIR_REQUIRES(input_lock);
  /// Undoes `take`.
  void put_back(Slot& slot) WEIR_REQUIRES(input_lock) { out_.push_front(slot); }
  /// Publishes for `leaving` how many records leave.
  void publish() WEIR_REQUIRES(input_lock) {
    leaving_.store(out_.size(), std::memory_order_release);
  }
  /// Returns whether records leave, as last published. From any thread.
  bool leaving() const { return leaving_.load(std::memory_order_acquire) > 0; }

  /// Returns the oldest record; nothing if the queue is empty. `doing` tells what a record does
  /// that is not done.
  template <class DoingOf>
  std::optional<HeadOfLine> oldest(DoingOf doing) const WEIR_REQUIRES(input_lock) {
    const Slot* const slot = waiting_.front() ? waiting_.front() : out_.front();
    if (!slot) return std::nullopt;
    return head(*slot, slot->state == Slot::State::done ? Doing::leaving : doing(*slot),
                Clock::now());
  }
  /// Returns the record that has held up others for longest.
  const HeadOfLine& longest_hold() const { return longest_; }

 private:
  bool promote(Clock::time_point now) WEIR_REQUIRES(input_lock);
  void note_hold(Clock::time_point now) WEIR_REQUIRES(input_lock);
  HeadOfLine head(const Slot& slot, Doing doing, Clock::time_point now) const;

  RunContext& context_;
  const compile::Region& region_;
  SlotList<&Slot::prev, &Slot::next> waiting_;  ///< In order; not done, or behind one that is not.
  SlotList<&Slot::prev, &Slot::next> out_;      ///< On their way out.
  std::atomic<std::uint64_t> leaving_{0};
  std::uint64_t next_number_ = 0;
  std::uint64_t peak_ = 0;
  Clock::time_point front_since_;
  HeadOfLine longest_;
};

inline void OrderedQueue::enter(Slot& slot, Clock::time_point now) {
  slot.number = next_number_++;
  slot.entered = now;
  if (waiting_.empty()) front_since_ = now;
  waiting_.push_back(slot);
  peak_ = std::max(peak_, size());
}

inline bool OrderedQueue::done(Slot& slot, Clock::time_point now) {
  switch (region_.order) {
    case compile::Order::input:
      return &slot == waiting_.front() && promote(now);
    case compile::Order::none:
      let_leave(slot);
      return true;
    case compile::Order::key:
      // A record with a key leaves when it is the first of its line, which RecordCalls knows.
      if (slot.call.key || slot.leaving) return false;
      let_leave(slot);
      return true;
  }
  return false;
}

inline void OrderedQueue::let_leave(Slot& slot) {
  waiting_.remove(slot);
  out_.push_back(slot);
  slot.leaving = true;
  publish();
}

inline Slot* OrderedQueue::take() {
  Slot* const slot = out_.front();
  if (slot) out_.remove(*slot);
  return slot;
}

}  // namespace weir::flow
