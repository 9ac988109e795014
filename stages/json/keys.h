#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "weir/detail/record_data.h"

namespace weir {

/// Finds the members of one object that have the same name. Most objects have the names of the one
/// before, in its order, and those are known to be different: then this is one comparison a name.
/// Otherwise a hash table, for an object with a hundred thousand members must not take the square
/// of that.
class Keys {
 public:
  static constexpr std::uint32_t kNew = 0xffffffff;

  /// Begins with the next object.
  void clear() { in_table_ = false; }

  /// The index of the slot that has this name already; else kNew, and the name is now that of the
  /// slot that will be the last. At least 8 readable bytes follow the name.
  std::uint32_t add(std::string_view name, const std::vector<detail::FieldSlot>& slots) {
    if (!in_table_ && slots.size() < known_ && same(shape_[slots.size()], name)) return kNew;
    return add_to_table(name, slots);
  }

  /// Ends an object: its names are what the next one is expected to have.
  void remember(const std::vector<detail::FieldSlot>& slots);

 private:
  struct Key {
    std::uint32_t size = 0;
    std::array<char, 28> bytes;
  };
  struct Entry {
    std::uint32_t generation = 0;
    std::uint32_t slot = 0;
  };

  static std::uint64_t word(const char* at) {
    std::uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  static bool same(const Key& key, std::string_view name) {
    if (key.size != name.size()) return false;
    const std::uint64_t differ = word(key.bytes.data()) ^ word(name.data());
    if (key.size <= 8) return key.size == 0 || differ << (64 - 8 * key.size) == 0;
    return differ == 0 && std::memcmp(key.bytes.data() + 8, name.data() + 8, key.size - 8) == 0;
  }
  static std::uint64_t hash(std::string_view name);

  std::uint32_t add_to_table(std::string_view name, const std::vector<detail::FieldSlot>& slots);
  void rebuild(const std::vector<detail::FieldSlot>& slots);

  std::array<Key, 32> shape_;
  std::uint32_t known_ = 0;  ///< How many keys `shape_` holds.
  bool in_table_ = false;    ///< This object's names are in the table, not in `shape_`.
  std::vector<Entry> table_;
  std::uint32_t generation_ = 0;
};

}  // namespace weir
