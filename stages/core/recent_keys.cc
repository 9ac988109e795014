#include "stages/core/recent_keys.h"

#include <algorithm>

namespace weir {

bool RecentKeys::seen(const Hash128& key) {
  if (slots_.size() < 2 * std::min(entries_.size() + 1, most_)) grow();
  std::size_t slot = slot_of(key);
  if (slots_[slot] != 0) {
    const std::uint32_t index = slots_[slot] - 1;
    unlink(index);
    link_newest(index);
    return true;
  }
  const std::uint32_t index = make_room();
  entries_[index].key = key;
  slot = slot_of(key);  // forgetting one moves others
  slots_[slot] = index + 1;
  link_newest(index);
  return false;
}

/// The key's slot, or the empty one where it belongs.
std::size_t RecentKeys::slot_of(const Hash128& key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = key.low & mask;
  while (slots_[at] != 0 && entries_[slots_[at] - 1].key != key) at = (at + 1) & mask;
  return at;
}

/// An entry that is in no slot and no list.
std::uint32_t RecentKeys::make_room() {
  if (entries_.size() < most_) {
    if (entries_.size() == entries_.capacity()) {
      entries_.reserve(std::min(most_, std::max<std::size_t>(64, 2 * entries_.size())));
    }
    entries_.emplace_back();
    return static_cast<std::uint32_t>(entries_.size() - 1);
  }
  const std::uint32_t index = oldest_;
  forget(slot_of(entries_[index].key));
  unlink(index);
  return index;
}

void RecentKeys::grow() {
  slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), 0);
  for (std::uint32_t index = 0; index < entries_.size(); ++index) {
    slots_[slot_of(entries_[index].key)] = index + 1;
  }
}

/// Empties a slot. What stands behind it and was pushed past it moves up, so that no search ends
/// too early.
void RecentKeys::forget(std::size_t slot) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = (slot + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const std::size_t home = entries_[slots_[at] - 1].key.low & mask;
    if (((at - home) & mask) < ((at - slot) & mask)) continue;
    slots_[slot] = slots_[at];
    slot = at;
  }
  slots_[slot] = 0;
}

void RecentKeys::unlink(std::uint32_t index) {
  Entry& entry = entries_[index];
  (entry.older == kNone ? oldest_ : entries_[entry.older].newer) = entry.newer;
  (entry.newer == kNone ? newest_ : entries_[entry.newer].older) = entry.older;
}

void RecentKeys::link_newest(std::uint32_t index) {
  Entry& entry = entries_[index];
  entry.older = newest_;
  entry.newer = kNone;
  (newest_ == kNone ? oldest_ : entries_[newest_].newer) = index;
  newest_ = index;
}

}  // namespace weir
