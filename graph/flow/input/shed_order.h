#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "graph/flow/input/slot.h"
#include "weir/detail/mix64.h"
#include "weir/origin.h"

namespace weir::flow {

/// The records that wait in a full queue with `drop_random`, in the order in which they are shed:
/// by a hash of their origin, as `sample` has it, so that the same ones go first in each run. A
/// binary heap in which each slot knows its index, so that any of them can be removed. Not
/// thread-safe.
class ShedOrder {
 public:
  explicit ShedOrder(std::uint64_t seed) : seed_(detail::mix64(seed)) {}

  /// Returns the number of an origin: the lowest one is shed first.
  std::uint64_t hash(const Origin& origin) const {
    const std::uint64_t file = std::uint64_t{origin.source} << 32 | origin.part;
    return detail::mix64(detail::mix64(seed_ ^ file) ^ origin.position);
  }

  /// Adds a slot by its `shed_hash`.
  void add(Slot& slot) {
    heap_.push_back(nullptr);
    rise(heap_.size() - 1, slot);
  }
  /// Removes a slot that is in it.
  void remove(Slot& slot) {
    const std::size_t hole = slot.shed_index;
    Slot* const moved = heap_.back();
    heap_.pop_back();
    if (hole < heap_.size()) sink(rise(hole, *moved), *moved);
  }
  /// Returns the slot that is shed first; null if there is none.
  Slot* first() const { return heap_.empty() ? nullptr : heap_.front(); }

 private:
  /// Children of one origin have one hash; the youngest of them goes first.
  static bool before(const Slot& one, const Slot& other) {
    return one.shed_hash != other.shed_hash ? one.shed_hash < other.shed_hash
                                            : one.number > other.number;
  }
  void put(std::size_t at, Slot& slot) {
    heap_[at] = &slot;
    slot.shed_index = at;
  }
  std::size_t rise(std::size_t at, Slot& slot) {
    while (at > 0 && before(slot, *heap_[(at - 1) / 2])) {
      put(at, *heap_[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
    put(at, slot);
    return at;
  }
  void sink(std::size_t at, Slot& slot) {
    while (true) {
      std::size_t child = 2 * at + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) ++child;
      if (!before(*heap_[child], slot)) break;
      put(at, *heap_[child]);
      at = child;
    }
    put(at, slot);
  }

  std::uint64_t seed_;
  std::vector<Slot*> heap_;
};

}  // namespace weir::flow
