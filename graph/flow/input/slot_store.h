#pragma once

#include <span>
#include <utility>
#include <vector>

#include "graph/flow/input/input_lock.h"
#include "graph/flow/input/input_queue.h"
#include "graph/flow/input/slot.h"
#include "graph/flow/memory/slab_pool.h"
#include "graph/flow/order/root_mark.h"
#include "graph/flow/stage/region_context.h"

namespace weir::flow {

/// Makes the slots of a region's input in the region's memory, and counts what each input is
/// charged for them.
class SlotStore {
 public:
  SlotStore(const RegionContext& region, std::span<InputQueue> inputs);

  /// Returns a slot with a copy of `record`, or with its beginning and the error `too_big` if it
  /// exceeds `limits.record`. Returns null if there is no memory now. From any thread.
  Slot* make(std::size_t input, const detail::RecordData& record, CopySize size, Lane lane,
             const MergeRank& rank);
  /// Gives a slot its origin's reference, which is made if it is null, and held once more. Returns
  /// false if there is no memory now. From any thread.
  bool attach(Slot& slot, Lane lane, OriginRef** origin_ref);
  /// Frees a slot that has not come in. From any thread.
  void undo(Slot& slot);

  /// Charges to the input what a slot holds by now.
  void charge(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Takes `bytes` of a slot off its input's charge, because others account for them now.
  void discharge(Slot& slot, std::uint64_t bytes) WEIR_REQUIRES(input_lock);
  /// Returns what slots hold in bytes, without their attempts.
  std::uint64_t bytes() const WEIR_REQUIRES(input_lock) { return bytes_; }

  /// The memory and charges of slots that have ended.
  struct Freed {
    std::vector<Piece> pieces;
    std::vector<std::pair<std::uint16_t, std::uint64_t>> charges;  ///< By input.
    std::uint32_t partners = 0;  ///< Each held a credit of its own.
  };
  /// Ends a slot and its partners, except for their charges. From any thread.
  static void end(Slot& slot, Freed& freed);
  /// Returns the memory and charges of slots that have ended.
  void give_back(Freed& freed) WEIR_REQUIRES(input_lock);
  void free(Slot& slot) WEIR_REQUIRES(input_lock);
  /// Ends a slot that is in no list any more and leaves in no batch.
  void let_go(Slot& slot, RootMark mark) WEIR_REQUIRES(input_lock);

  SlabPool& slabs() { return slabs_; }

 private:
  bool copy(const detail::RecordData& record, CopySize size, Slot& slot, Lane lane) const;

  const RegionContext region_;
  const std::span<InputQueue> inputs_;
  SlabPool slabs_;
  std::uint64_t bytes_ = 0;
};

inline bool SlotStore::attach(Slot& slot, Lane lane, OriginRef** origin_ref) {
  if (!*origin_ref) *origin_ref = OriginRef::make(slabs_, lane, slot.rank.place);
  if (!*origin_ref) return false;
  slot.origin_ref = *origin_ref;
  slot.origin_ref->hold();
  return true;
}

inline void SlotStore::charge(Slot& slot) {
  const std::uint64_t more = slot.self.size + slot.arena.capacity() - slot.bytes;
  slot.bytes += more;
  bytes_ += more;
  inputs_[slot.input_index].bytes += more;
}

}  // namespace weir::flow
