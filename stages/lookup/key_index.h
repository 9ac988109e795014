#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "stages/lookup/state_share.h"
#include "weir/detail/text_hash.h"

namespace weir::stages::lookup {

/// Numbers keys from 0 in the order in which they are added: a hash table with open addressing.
/// Borrows the bytes of the keys. A search that is known in advance may be prepared, so that the
/// memory that it reads comes while others are prepared: `fetch_slot`, then `fetch_key`, then
/// `fetch_bytes` of it.
class KeyIndex {
 public:
  explicit KeyIndex(StateShare& share) : share_(share) {}

  static std::uint64_t hash_of(std::string_view key) { return detail::TextHash()(key); }
  /// Returns the number of `key`; nothing if it was not added.
  std::optional<std::uint32_t> find(std::string_view key) const { return find(key, hash_of(key)); }
  std::optional<std::uint32_t> find(std::string_view key, std::uint64_t hash) const;
  void fetch_slot(std::uint64_t hash) const;
  /// Returns the number of a key with this hash, most likely the one that is looked for.
  std::optional<std::uint32_t> fetch_key(std::uint64_t hash) const;
  void fetch_bytes(std::uint32_t key) const;
  /// Adds a key that was not added before, and returns its number.
  std::uint32_t add(std::string_view key);
  std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }
  /// A number that goes with a key; 0 until it is set.
  std::uint32_t row(std::uint32_t key) const { return keys_[key].row; }
  void set_row(std::uint32_t key, std::uint32_t row) { keys_[key].row = row; }

 private:
  struct Key {
    const char* bytes = nullptr;
    std::uint32_t size = 0;
    std::uint32_t row = 0;

    std::string_view text() const { return {bytes, size}; }
  };
  /// A key's number + 1, and half of its hash; 0: the slot is empty.
  struct Slot {
    std::uint32_t key = 0;
    std::uint32_t hash = 0;
  };

  void grow();
  void insert(std::uint32_t key, std::uint64_t hash);

  StateShare& share_;
  std::vector<Slot> slots_;  ///< A power of two of them, at most half in use.
  std::vector<Key> keys_;
};

}  // namespace weir::stages::lookup
