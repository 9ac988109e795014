#include "graph/flow/token.h"

#include <algorithm>

namespace weir {

void Token::reset() {
  work.reset();
  work.set_lane(Lane::normal);
  roots.release();
  kind = Kind::data;
  finish_more = voided = false;
  root_base = credits = 0;
  split = {};
  bytes = 0;
  unfinished_count = 0;
  std::fill(tallies.begin(), tallies.end(), StageTally{});
  failures.clear();
  stage.store(0, std::memory_order_relaxed);
}

}  // namespace weir
