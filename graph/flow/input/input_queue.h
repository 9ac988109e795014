#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "graph/flow/clock/timer_heap.h"
#include "graph/flow/order/merge_rank.h"

namespace weir::flow {

struct Slot;

/// One of the streams that come into a region. Each has room of its own there, at least for one
/// record, so that none can shut another out.
struct InputQueue {
  /// Called when a producer that found no room may retry.
  std::function<void()> room;
  /// Returns whether some region above is at work on records that may come by this input at once.
  /// Reads only atomics. Empty if nobody asks.
  std::function<bool()> at_work;
  /// The number of consecutive batches of the region above that brought no record.
  std::atomic<std::uint32_t> dry{0};
  // Used by the producer.
  bool gave = false;           ///< True if the batch now leaving the region above brought a record.
  std::vector<Slot*> offered;  ///< Not yet visible to others.
  std::uint32_t granted = 0;   ///< Credits that were taken ahead, for as many records,
  std::size_t granted_bytes = 0;  ///< of this many bytes in all.

  // The rest requires the lock of the region's input.
  std::deque<Slot*> waiting;  ///< Records that wait for those of other inputs.
  MergeRank frontier;         ///< All below it has come, or never will.
  std::uint64_t held = 0;     ///< Slots that came by this input and are not freed yet.
  std::uint64_t bytes = 0;    ///< The memory of these slots.
  bool closed = false;
  bool cut = false;  ///< True if it was closed because its source was stopped, not at its end.
  bool wants_room = false;
  bool wants_memory = false;  ///< True if a record did not come in for lack of memory.
  bool expected = false;      ///< True if its producer may retry and has not, or is at it.
  bool idle = false;          ///< True if it has been silent so long that nobody waits for it.
  Clock::time_point heard;
  std::uint64_t records = 0;
  std::uint64_t idled = 0;  ///< How often it fell silent.
};

}  // namespace weir::flow
