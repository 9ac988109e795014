#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "stages/lookup/state_share.h"

namespace weir::stages::lookup {

/// Numbers keys from 0 in the order in which they are added: a hash table with open addressing.
/// Borrows the bytes of the keys.
class KeyIndex {
 public:
  explicit KeyIndex(StateShare& share) : share_(share) {}

  /// Returns the number of `key`; nothing if it was not added.
  std::optional<std::uint32_t> find(std::string_view key) const;
  /// Adds a key that was not added before, and returns its number.
  std::uint32_t add(std::string_view key);
  std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }

 private:
  /// A key's number + 1, and half of its hash; 0: the slot is empty.
  struct Slot {
    std::uint32_t key = 0;
    std::uint32_t hash = 0;
  };

  void grow();
  void insert(std::uint32_t key, std::uint64_t hash);

  StateShare& share_;
  std::vector<Slot> slots_;  ///< A power of two of them, at most half in use.
  std::vector<std::string_view> keys_;
};

}  // namespace weir::stages::lookup
