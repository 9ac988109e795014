#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "graph/flow/rank.h"
#include "graph/flow/timer_heap.h"
#include "weir/expression.h"

namespace weir {

struct Slot;

/// One of the streams that come into a reorder buffer. Each has room of its own there, at least for
/// one record, so that none can shut another out.
struct Inlet {
  /// Called when who found no room may come again.
  std::function<void()> room;
  // Used by the one who offers.
  std::vector<Slot*> offered;     ///< Not yet seen by others.
  std::uint32_t granted = 0;      ///< Credits that were taken ahead: room for so many more records,
  std::size_t granted_bytes = 0;  ///< of so many bytes in all.
  std::unique_ptr<detail::Evaluator> when;  ///< Of the stage, if it is called.

  // The rest under the buffer's lock.
  std::deque<Slot*> queue;  ///< Those that wait for records of other inlets.
  Rank frontier;            ///< What stands below it has come, or never will.
  std::uint64_t held = 0;   ///< Slots that came by here and are not freed yet.
  std::uint64_t bytes = 0;  ///< Of these.
  bool closed = false;
  bool cut = false;  ///< Closed because its source was stopped, not at the end of its input.
  bool wants_room = false;
  bool wants_memory = false;  ///< It did not come in for want of memory.
  bool expected = false;      ///< Who found no room was told to come again, and will.
  bool idle = false;          ///< Silent for so long that nobody waits for it.
  Clock::time_point heard;
  std::uint64_t records = 0;
  std::uint64_t idled = 0;  ///< How often it fell silent.
};

}  // namespace weir
