#pragma once

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/flow/input/slot.h"
#include "weir/detail/text_hash.h"

namespace weir::flow {

class CallQueue;

/// Decides which call of a key may be made: one at a time, in all passes of a loop together.
/// Requires their lock, except for `late`.
struct KeyCalls {
  Slot* now = nullptr;  ///< The record whose call runs, is to begin, or will be repeated.
  /// The first records to be called in the lines of all passes.
  std::vector<std::pair<CallQueue*, Slot*>> waiting;
  /// Detached attempts whose calls have not ended.
  std::atomic<int> late{0};

  bool knows(const Slot& slot) const {
    return now == &slot ||
           std::ranges::any_of(waiting, [&](const auto& one) { return one.second == &slot; });
  }
};

/// The records of one key, in order, and the state of the key.
struct KeyLine {
  std::deque<Slot*> slots;
  std::shared_ptr<KeyCalls> calls;  ///< Set where the records are called one after the other.
  std::shared_ptr<void> state;
  std::uint64_t number = 0;     ///< By first appearance.
  std::uint64_t last_used = 0;  ///< For eviction.
};

/// All keys of a called stage. Requires the lock of the region's input.
class KeyLines {
 public:
  KeyLine* find(const std::string& key) {
    const auto found = lines_.find(key);
    return found == lines_.end() ? nullptr : &found->second;
  }
  KeyLine& make(const std::string& key) {
    KeyLine& line = lines_[key];
    line.number = made_++;
    return line;
  }
  void erase(const std::string& key) { lines_.erase(key); }
  std::size_t size() const { return lines_.size(); }
  std::unordered_map<std::string, KeyLine, detail::TextHash>& all() { return lines_; }

 private:
  std::unordered_map<std::string, KeyLine, detail::TextHash> lines_;  ///< References stay valid.
  std::uint64_t made_ = 0;
};

}  // namespace weir::flow
