#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "stages/core/state/kept_record.h"
#include "weir/detail/text_hash.h"

namespace weir::stages::core {

/// The records that a join keeps: by side and key in order of arrival, and all of them by time.
class JoinTable {
 public:
  struct Chains;
  using KeyEntry = std::pair<const std::string, Chains>;

  /// A kept record, linked to the others of its side and key.
  struct Entry {
    KeptRecord record;
    std::uint64_t charged = 0;
    std::uint8_t side = 0;
    bool matched = false;
    std::int64_t time = 0;
    KeyEntry* key = nullptr;
    Entry* before = nullptr;  ///< The previous entry of the same side and key.
    Entry* after = nullptr;
  };
  /// The entries of one side and key, in order of arrival.
  struct Chain {
    Entry* first = nullptr;
    Entry* last = nullptr;
  };
  /// The two sides of one key.
  struct Chains {
    std::array<Chain, 2> sides;
  };

  /// Returns the bytes that an entry takes beside its record: its nodes in both containers, and the
  /// overhead of malloc. Each entry is charged for a key of its own.
  static std::uint64_t size_beside(std::string_view key) {
    constexpr std::uint64_t kNodes = sizeof(Entry) - sizeof(KeptRecord) + sizeof(KeyEntry) + 160;
    return kNodes + key.size();
  }

  bool empty() const { return by_time_.empty(); }
  /// Returns the first record of a side and key, or null. `after` leads to the others.
  Entry* first(std::string_view key, std::uint8_t side);
  /// Adds `entry` behind all others of its side and key. Its links need not be set.
  void add(std::string_view key, Entry entry);
  /// Returns the entry with the smallest time; of several, the one that arrived first.
  Entry& oldest() { return by_time_.begin()->second; }
  const Entry& oldest() const { return by_time_.begin()->second; }
  Entry take_oldest();
  void clear();

 private:
  std::multimap<std::int64_t, Entry> by_time_;
  std::unordered_map<std::string, Chains, detail::TextHash, std::equal_to<>> by_key_;
};

}  // namespace weir::stages::core
