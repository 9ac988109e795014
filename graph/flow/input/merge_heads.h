#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "graph/flow/input/input_queue.h"
#include "graph/flow/input/slot.h"

// What the first records of a merge's inputs say.

namespace weir::flow {

/// Returns whether nothing can come by `input` any more with `rank` or a smaller one. (A record of
/// the same rank that would go behind it is waited for, too: it may fail, and then nothing of its
/// origin is to go on.)
inline bool is_past(const InputQueue& input, const MergeRank& rank) {
  return input.closed || !input.waiting.empty() || input.frontier > rank;
}

/// Returns the first input with the smallest merge rank; nothing if none has a record.
inline std::optional<std::size_t> smallest(std::span<const InputQueue> inputs) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].waiting.empty()) continue;
    if (!best || inputs[i].waiting.front()->rank < inputs[*best].waiting.front()->rank) best = i;
  }
  return best;
}

}  // namespace weir::flow
