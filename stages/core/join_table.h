#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "stages/core/kept_record.h"

namespace weir {

/// The records that a join keeps: those of two sides, by key in the order in which they came, and
/// all of them by time.
class JoinTable {
 public:
  struct Chains;
  using KeyEntry = std::pair<const std::string, Chains>;

  struct Entry {
    KeptRecord record;
    std::uint64_t charged = 0;
    std::uint8_t side = 0;
    bool matched = false;
    std::int64_t time = 0;
    KeyEntry* key = nullptr;
    Entry* before = nullptr;  ///< Of the same side and key.
    Entry* after = nullptr;
  };
  struct Chain {
    Entry* first = nullptr;
    Entry* last = nullptr;
  };
  struct Chains {
    std::array<Chain, 2> sides;
  };

  /// What an entry takes beside its record: a node of each tree, and what malloc adds. Each is
  /// charged for a key of its own.
  static std::uint64_t size_beside(std::string_view key) {
    constexpr std::uint64_t kNodes = sizeof(Entry) - sizeof(KeptRecord) + sizeof(KeyEntry) + 160;
    return kNodes + key.size();
  }

  bool empty() const { return by_time_.empty(); }
  /// The first record of that side and key; others follow by `after`.
  Entry* first(std::string_view key, std::uint8_t side);
  /// `entry` without its place, which is behind all others of its key.
  void add(std::string_view key, Entry entry);
  /// That of the smallest time, and of those the one that came first.
  Entry& oldest() { return by_time_.begin()->second; }
  const Entry& oldest() const { return by_time_.begin()->second; }
  Entry take_oldest();
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>()(key);
    }
  };

  std::multimap<std::int64_t, Entry> by_time_;
  std::unordered_map<std::string, Chains, Hash, std::equal_to<>> by_key_;
};

}  // namespace weir
