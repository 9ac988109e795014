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
  holds_reserve = false;
  failures.clear();
  failure_kinds.clear();
  samples.clear();
  stage.store(0, std::memory_order_relaxed);
}

void Token::add_failure(RecordFailure failure, bool full) {
  const auto known = std::find(failure_kinds.begin(), failure_kinds.end(), failure.kind);
  const auto kind = static_cast<std::uint16_t>(known - failure_kinds.begin());
  if (known == failure_kinds.end()) failure_kinds.push_back(failure.kind);
  failures.push_back({failure.stage, kind, failure.root, failure.kept});
  if (full) samples.push_back(std::move(failure));
}

}  // namespace weir
