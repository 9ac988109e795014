#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "weir/detail/record_data.h"

namespace weir::stages::json {

/// Finds members of one object that have the same name. Most objects have the names of the one
/// before, in the same order, and those are known to be different; then a name takes one
/// comparison. Otherwise names go into a hash table, since an object with a hundred thousand
/// members must not take quadratic time.
class Keys {
 public:
  static constexpr std::uint32_t kNew = 0xffffffff;

  /// Begins the next object.
  void clear() { in_table_ = false; }

  /// Returns the index of the slot that has this name. Otherwise it returns kNew, and the name
  /// belongs to the slot that is appended next. At least 8 readable bytes must follow the name.
  std::uint32_t add(std::string_view name, const std::vector<detail::FieldSlot>& slots) {
    if (!in_table_ && slots.size() < known_ && same(shape_[slots.size()], name)) return kNew;
    return add_to_table(name, slots);
  }

  /// Ends an object. The next one is expected to have its names.
  void remember(const std::vector<detail::FieldSlot>& slots);

 private:
  /// A name of the previous object.
  struct Key {
    std::uint32_t size = 0;
    std::array<char, 28> bytes;
  };
  /// A place of the hash table; empty unless its generation is the current one.
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

  std::uint32_t add_to_table(std::string_view name, const std::vector<detail::FieldSlot>& slots);
  void rebuild(const std::vector<detail::FieldSlot>& slots);

  std::array<Key, 32> shape_;
  std::uint32_t known_ = 0;  ///< The number of keys in `shape_`.
  bool in_table_ = false;    ///< True if this object's names are in the table.
  std::vector<Entry> table_;
  std::uint32_t generation_ = 0;
};

}  // namespace weir::stages::json
