#include "graph/flow/call/call_queue.h"

namespace weir::flow {

bool CallQueue::has(const Slot& slot) const {
  return slot.fresh || again_.contains({slot.number, const_cast<Slot*>(&slot)});
}

}  // namespace weir::flow
