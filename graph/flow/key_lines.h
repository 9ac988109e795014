#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "graph/flow/slot.h"

namespace weir {

/// The records of one key, in order, and the key's state.
struct KeyLine {
  std::deque<Slot*> slots;
  std::shared_ptr<void> state;
  std::uint64_t number = 0;     ///< By first appearance.
  std::uint64_t last_used = 0;  ///< For eviction.
};

/// All keys of a called stage. With the call stage's lock.
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
  std::unordered_map<std::string, KeyLine>& all() { return lines_; }

 private:
  std::unordered_map<std::string, KeyLine> lines_;  ///< References stay valid.
  std::uint64_t made_ = 0;
};

}  // namespace weir
