#include "graph/flow/batch/token.h"

#include <algorithm>
#include <chrono>

namespace weir::flow {

void Token::reset() {
  work.reset();
  work.set_lane(Lane::normal);
  roots.release();
  origin_refs.release();
  ranks.release();
  letters.release();
  letters.set_lane(Lane::normal);
  first_place = {};
  frontier = {};
  mixed = false;
  sorted = true;
  kind = Kind::data;
  finish_more = voided = false;
  root_base = credits = 0;
  split = {};
  bytes = 0;
  unfinished_count = 0;
  std::fill(tallies.begin(), tallies.end(), StageTally{});
  holds_reserve = false;
  failures.clear();
  fill_ns = 0;
  staged = at_head = false;
  exit_record = exit_letter = 0;
  sight.since.store(0, std::memory_order_relaxed);
  stage.store(StageId(), std::memory_order_relaxed);
}

void Token::show() {
  const bool loaded = work.records.size() > 0;
  const detail::RecordData* first = loaded ? work.records.data() : nullptr;
  sight.number.store(number, std::memory_order_relaxed);
  sight.part.store(first ? first->part : detail::part_of(source.number(), split.part),
                   std::memory_order_relaxed);
  sight.position.store(first ? first->position : split.begin, std::memory_order_relaxed);
  sight.since.store(std::chrono::steady_clock::now().time_since_epoch().count(),
                    std::memory_order_release);
}

}  // namespace weir::flow
