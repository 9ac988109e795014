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
  failure_kinds.clear();
  samples.clear();
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

void Token::add_failure(RecordFailure failure, bool full) {
  const auto known = std::find(failure_kinds.begin(), failure_kinds.end(), failure.kind);
  auto kind = static_cast<std::size_t>(known - failure_kinds.begin());
  if (kind >= kMostKinds) {
    kind = kMostKinds;
    failure_kinds.resize(kMostKinds + 1, "other");
  } else if (known == failure_kinds.end()) {
    failure_kinds.push_back(failure.kind);
  }
  static_assert(compile::numbers<decltype(FailureNote::kind)>(kMostKinds + 1));
  failures.push_back(
      {failure.stage, static_cast<std::uint16_t>(kind), failure.kept, full, failure.place});
  if (full) samples.push_back(std::move(failure));
}

void Token::take_back_failures(std::size_t count) {
  while (failures.size() > count) {
    if (failures.back().sampled) samples.pop_back();
    failures.pop_back();
  }
}

}  // namespace weir::flow
