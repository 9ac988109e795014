#include "graph/flow/batch/failure_notes.h"

#include <algorithm>

namespace weir::flow {

void FailureNotes::add(RecordFailure failure, bool full) {
  const auto known = std::find(kinds_.begin(), kinds_.end(), failure.kind);
  auto kind = static_cast<std::size_t>(known - kinds_.begin());
  if (kind >= kMostKinds) {
    kind = kMostKinds;
    kinds_.resize(kMostKinds + 1, "other");
  } else if (known == kinds_.end()) {
    kinds_.push_back(failure.kind);
  }
  static_assert(compile::numbers<decltype(FailureNote::kind)>(kMostKinds + 1));
  notes_.push_back(
      {failure.stage, static_cast<std::uint16_t>(kind), failure.kept, full, failure.place});
  if (full) samples_.push_back(std::move(failure));
}

void FailureNotes::take_back(std::size_t count) {
  while (notes_.size() > count) {
    if (notes_.back().sampled) samples_.pop_back();
    notes_.pop_back();
  }
}

void FailureNotes::clear() {
  notes_.clear();
  kinds_.clear();
  samples_.clear();
}

}  // namespace weir::flow
