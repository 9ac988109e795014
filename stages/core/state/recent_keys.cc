#include "stages/core/state/recent_keys.h"

#include <utility>

#include "weir/detail/text_hash.h"

namespace weir::stages::core {

namespace {

/// Returns the slot at which the search for a key begins. TextHash has a secret, so nobody can
/// choose keys that all begin at the same slot.
std::size_t home_of(const Hash128& key) {
  return detail::TextHash()({reinterpret_cast<const char*>(&key), sizeof key});
}

}  // namespace

std::int64_t* RecentKeys::find(const Hash128& key) {
  if (size_ == 0) return nullptr;
  const std::uint32_t at = slots_[slot_of(key)];
  if (at == 0) return nullptr;
  seen_.remove(entries_, at - 1);
  seen_.append(entries_, at - 1);
  return &entries_[at - 1].time;
}

bool RecentKeys::add(const Hash128& key, std::int64_t time) {
  const std::uint32_t index = free_entry();
  if (index == kNoIndex) return false;
  if (slots_.size() < 2 * (size_ + 1)) fill_slots(slots_.empty() ? 64 : 2 * slots_.size());
  entries_[index].key = key;
  entries_[index].time = time;
  slots_[slot_of(key)] = index + 1;
  seen_.append(entries_, index);
  ++size_;
  return true;
}

std::optional<std::int64_t> RecentKeys::oldest() const {
  if (size_ == 0) return std::nullopt;
  return entries_[seen_.first()].time;
}

void RecentKeys::forget_oldest() {
  const std::uint32_t index = seen_.first();
  empty(slot_of(entries_[index].key));
  seen_.remove(entries_, index);
  entries_[index].links.after = free_;
  free_ = index;
  --size_;
  // Unused entries are charged, too. After a burst, most of them are given back.
  if (size_ == 0 || (entries_.size() > 64 && size_ < entries_.size() / 4)) compact();
}

/// Returns the slot of the key, or the empty slot where it belongs.
std::size_t RecentKeys::slot_of(const Hash128& key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = home_of(key) & mask;
  while (slots_[at] != 0 && entries_[slots_[at] - 1].key != key) at = (at + 1) & mask;
  return at;
}

/// Returns an entry that is in no slot and no list; kNoIndex if there is no room for one.
std::uint32_t RecentKeys::free_entry() {
  if (free_ != kNoIndex) return std::exchange(free_, entries_[free_].links.after);
  if (entries_.size() == kNoIndex - 1 || !budget_.take(kKeySize)) return kNoIndex;
  entries_.emplace_back();
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void RecentKeys::fill_slots(std::size_t slots) {
  std::vector<std::uint32_t>(slots, 0).swap(slots_);
  for (std::uint32_t at = seen_.first(); at != kNoIndex; at = entries_[at].links.after) {
    slots_[slot_of(entries_[at].key)] = at + 1;
  }
}

/// Empties a slot. Entries behind it that were displaced past it move up, so that no search ends
/// too early (Knuth, The Art of Computer Programming, volume 3, 6.4, algorithm R).
void RecentKeys::empty(std::size_t slot) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = (slot + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const std::size_t home = home_of(entries_[slots_[at] - 1].key) & mask;
    if (((at - home) & mask) < ((at - slot) & mask)) continue;
    slots_[slot] = slots_[at];
    slot = at;
  }
  slots_[slot] = 0;
}

/// Keeps only the entries in use, in the order in which they were last seen.
void RecentKeys::compact() {
  std::deque<Entry> all;
  all.swap(entries_);
  IndexList<std::deque<Entry>, &Entry::links> old;
  std::swap(old, seen_);
  free_ = kNoIndex;
  for (std::uint32_t at = old.first(); at != kNoIndex; at = all[at].links.after) {
    entries_.push_back(all[at]);
    seen_.append(entries_, static_cast<std::uint32_t>(entries_.size() - 1));
  }
  budget_.give(kKeySize * (all.size() - entries_.size()));
  std::size_t slots = 64;
  while (slots < 2 * (size_ + 1)) slots *= 2;
  if (slots < slots_.size()) fill_slots(slots);
}

}  // namespace weir::stages::core
