#include "graph/flow/region/supply.h"

#include <algorithm>

namespace weir::flow {

bool Supply::at_work() {
  for (std::size_t i = ways_.size(); i-- > 0;) {
    const Way& way = ways_[i];
    open_[i] = !way.entry.input->is_dry(way.entry.index) &&
               (way.onward.empty() || std::ranges::any_of(way.onward, [this](std::size_t next) {
                  return open_[next] && !ways_[next].engine->blocked();
                }));
  }
  // What one region has handed on is found at the next, so those further up are asked first.
  for (std::size_t i = 0; i < ways_.size(); ++i) {
    if (open_[i] && ways_[i].engine->at_work()) return true;
  }
  return false;
}

}  // namespace weir::flow
