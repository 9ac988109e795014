#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "graph/flow/input/input_lock.h"
#include "graph/flow/input/record_calls.h"
#include "graph/flow/input/shed_order.h"
#include "graph/flow/input/slot.h"

namespace weir::flow {

/// The records of a called stage that may get a permit; the oldest is next. Those that wait for
/// another record of their key are not in it.
class CallQueue {
 public:
  /// `shed_order` gets the records that were never called, unless it is null.
  explicit CallQueue(ShedOrder* shed_order) : shed_order_(shed_order) {}

  /// Counts a record that has come in and was never called. `add` or `add_again` must follow, at
  /// once or when it is its key's turn.
  void enter(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Adds a record that was never called and is younger than all others here.
  void add(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Adds a record that is to be called again, or out of the order in which records came in.
  void add_again(Slot& slot) WEIR_REQUIRES(input_lock) { again_.emplace(slot.number, &slot); }
  /// Removes a record that is called now, or never.
  void remove(Slot& slot) WEIR_REQUIRES(input_lock);

  /// Returns the oldest record, or null.
  Slot* front() const WEIR_REQUIRES(input_lock);
  /// Returns the oldest record that was never called and does not wait for another of its key, or
  /// null.
  Slot* first_fresh() const WEIR_REQUIRES(input_lock) { return fresh_.front(); }
  bool has(const Slot& slot) const WEIR_REQUIRES(input_lock);
  /// Returns the counts of the records that were never called, including those that wait for
  /// another of their key.
  Queued uncalled() const WEIR_REQUIRES(input_lock) { return uncalled_; }

 private:
  SlotList<&Slot::prev_fresh, &Slot::next_fresh> fresh_;  ///< Never called yet, in order.
  std::set<std::pair<std::uint64_t, Slot*>> again_;       ///< By number.
  Queued uncalled_;
  ShedOrder* const shed_order_;
};

inline void CallQueue::enter(Slot& slot) {
  slot.call.uncalled = true;
  ++uncalled_.records;
  uncalled_.bytes += slot.arena.capacity();
  if (shed_order_) shed_order_->add(slot);
}

inline void CallQueue::add(Slot& slot) {
  slot.fresh = true;
  fresh_.push_back(slot);
}

inline void CallQueue::remove(Slot& slot) {
  if (slot.fresh) {
    fresh_.remove(slot);
    slot.fresh = false;
  } else {
    again_.erase({slot.number, &slot});
  }
  if (!slot.call.uncalled) return;
  slot.call.uncalled = false;
  --uncalled_.records;
  uncalled_.bytes -= slot.arena.capacity();
  if (shed_order_) shed_order_->remove(slot);
}

inline Slot* CallQueue::front() const {
  Slot* const fresh = fresh_.front();
  if (again_.empty()) return fresh;
  const auto& [number, again] = *again_.begin();
  return fresh && fresh->number < number ? fresh : again;
}

}  // namespace weir::flow
