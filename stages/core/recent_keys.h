#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "stages/core/index_list.h"
#include "stages/core/siphash.h"
#include "weir/stage.h"

namespace weir {

/// Distinct keys by when each was seen last: a key that comes again is the newest again. Of a key
/// only its hash is kept, with a time; what that takes is charged to the state of the run as keys
/// come, and given back as they go.
class RecentKeys {
 public:
  /// What one key is charged with: an entry, its share of the slots at their emptiest, and of those
  /// that they replace while they grow.
  static constexpr std::size_t kKeySize = 56;

  /// As many keys as `budget` holds, at most 2^32 - 2.
  explicit RecentKeys(StateBudget& budget) : budget_(budget) {}
  RecentKeys(const RecentKeys&) = delete;
  RecentKeys& operator=(const RecentKeys&) = delete;
  ~RecentKeys() { budget_.give(kKeySize * entries_.size()); }

  /// When the key was seen last, which is then the newest; nothing if it is not known. The time may
  /// be changed.
  std::int64_t* find(const Hash128& key);
  /// Adds a key that is not known; false if there is no room.
  bool add(const Hash128& key, std::int64_t time);
  /// The time of the key that was not seen for longest; nothing if there is none.
  std::optional<std::int64_t> oldest() const;
  /// Forgets that key.
  void forget_oldest();

  std::size_t size() const { return size_; }

 private:
  struct Entry {
    Hash128 key;
    std::int64_t time = 0;
    Links links;
  };

  std::size_t slot_of(const Hash128& key) const;
  std::uint32_t free_entry();
  void fill_slots(std::size_t slots);
  void empty(std::size_t slot);
  void compact();

  StateBudget& budget_;
  std::deque<Entry> entries_;
  std::vector<std::uint32_t> slots_;  ///< Open addressing: an entry's index + 1, or 0.
  IndexList<std::deque<Entry>, &Entry::links> seen_;
  std::uint32_t free_ = kNoIndex;  ///< Entries without a key, linked by `after`.
  std::size_t size_ = 0;
};

}  // namespace weir
