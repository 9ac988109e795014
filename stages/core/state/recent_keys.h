#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "stages/core/state/index_list.h"
#include "stages/core/state/siphash.h"
#include "weir/stage.h"

namespace weir::stages::core {

/// Distinct keys in the order in which each was last seen: a key that comes again becomes the
/// newest. Of a key only its hash is kept, with a time. The memory is charged to the state of the
/// run as keys come, and given back as they go.
class RecentKeys {
 public:
  /// The bytes that a key is charged with: an entry, its share of the slots at their emptiest, and
  /// its share of the old slots while the table grows.
  static constexpr std::size_t kKeySize = 56;

  /// Holds as many keys as `budget` has room for, at most 2^32 - 2.
  explicit RecentKeys(StateBudget& budget) : budget_(budget) {}
  RecentKeys(const RecentKeys&) = delete;
  RecentKeys& operator=(const RecentKeys&) = delete;
  ~RecentKeys() { budget_.give(kKeySize * entries_.size()); }

  /// Returns the time of the key, which the caller may change, and makes the key the newest; null
  /// if the key is not known.
  std::int64_t* find(const Hash128& key);
  /// Adds a key that is not known yet. Returns false if there is no room.
  bool add(const Hash128& key, std::int64_t time);
  /// Returns the time of the key that was not seen for longest; std::nullopt if there is none.
  std::optional<std::int64_t> oldest() const;
  /// Forgets the key that was not seen for longest.
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
  std::vector<std::uint32_t> slots_;  ///< Open addressing: the index of an entry + 1, or 0.
  IndexList<std::deque<Entry>, &Entry::links> seen_;
  std::uint32_t free_ = kNoIndex;  ///< The first entry without a key; `links.after` links them.
  std::size_t size_ = 0;
};

}  // namespace weir::stages::core
