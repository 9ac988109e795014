#include "stages/core/state/key_table.h"

#include "weir/detail/text_hash.h"
#include "weir/error.h"

namespace weir::stages::core {
namespace {

/// Returns the heap memory of a key of this size. Short keys are stored inside their std::string.
std::uint64_t heap_size(std::size_t size) {
  constexpr std::size_t kInside = 15;
  constexpr std::size_t kBeside = 24;  // The terminating zero, and what malloc adds.
  return size <= kInside ? 0 : size + kBeside;
}

}  // namespace

KeyTable::KeyTable(const KeyPolicy& policy, Context& context) : policy_(policy) {
  account_.open(context.state());
  if (policy.when_full == KeyPolicy::WhenFull::evict) evicted_ = &context.counter("evicted");
}

/// Looks up the record's key and leaves it in `wanted_` for `add`.
std::uint32_t KeyTable::find(const Record& record) {
  wanted_.read(record, policy_.fields);
  if (size_ == 0) return kNoIndex;
  const std::uint32_t at = slots_[slot_of(wanted_.identity())];
  if (at != 0 && evicted_) {
    seen_.remove(entries_, at - 1);
    seen_.append(entries_, at - 1);
  }
  return at - 1;  // 0 becomes kNoIndex.
}

/// Returns what the wanted key takes. A free entry is charged already.
std::uint64_t KeyTable::need() const {
  return heap_size(wanted_.code().size()) + (free_ == kNoIndex ? kKeySize : 0);
}

/// Takes state for the wanted key, if need be that of the keys that were not seen for longest.
/// Returns how many of them must go.
std::uint32_t KeyTable::make_room() {
  std::uint64_t bytes = need();
  bool full = (policy_.max != 0 && size_ >= policy_.max) || entries_.size() == kNoIndex - 1;
  std::uint32_t going = 0;
  std::uint32_t at = seen_.first();
  while (full || !account_.take(bytes)) {
    if (at == kNoIndex) {
      for (std::uint32_t back = seen_.first(); back != kNoIndex; back = entries_[back].seen.after) {
        account_.take_back(heap_size(entries_[back].code.size()));
      }
      account_.settle();
      throw_full();
    }
    account_.give(heap_size(entries_[at].code.size()));
    if (going == 0) bytes = heap_size(wanted_.code().size());  // The new key reuses its entry.
    at = entries_[at].seen.after;
    full = false;
    ++going;
  }
  return going;
}

void KeyTable::undo(std::uint32_t going) {
  account_.give(heap_size(wanted_.code().size()));
  std::uint32_t at = seen_.first();
  for (; going > 0; --going, at = entries_[at].seen.after) {
    account_.take_back(heap_size(entries_[at].code.size()));
  }
  account_.settle();
}

/// Adds the wanted key in the room that `make_room` has made, and removes the keys that must go.
std::uint64_t& KeyTable::add(std::uint32_t going) {
  if (going > 0) evicted_->add(going);
  for (; going > 0; --going) remove(seen_.first());
  account_.settle();
  if (slots_.size() < 2 * (size_ + 1)) grow();
  std::uint32_t index = free_;
  if (index == kNoIndex) {
    index = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    free_ = entries_[index].appeared.after;
  }
  Entry& entry = entries_[index];
  slots_[slot_of(wanted_.identity())] = index + 1;
  entry.code = wanted_.code();
  entry.value = 0;
  appeared_.append(entries_, index);
  if (evicted_) seen_.append(entries_, index);
  ++size_;
  return entry.value;
}

void KeyTable::remove(std::uint32_t index) {
  Entry& entry = entries_[index];
  empty(slot_of(identity_of(entry)));
  appeared_.remove(entries_, index);
  if (evicted_) seen_.remove(entries_, index);
  std::string().swap(entry.code);
  entry.appeared.after = free_;
  free_ = index;
  --size_;
}

void KeyTable::forget(std::uint32_t index) {
  account_.give(heap_size(entries_[index].code.size()));
  remove(index);
  if (size_ == 0) {
    account_.give(kKeySize * entries_.size());
    entries_.clear();
    std::vector<std::uint32_t>().swap(slots_);
    free_ = kNoIndex;
  }
  account_.settle();
}

void KeyTable::throw_full() const {
  if (policy_.max != 0 && size_ >= policy_.max && !evicted_) {
    throw Error("state_full", "more than " + std::to_string(policy_.max) + " keys", false);
  }
  throw Error("state_full", "no room for one more key in limits.state", false);
}

/// Returns the slot of the key, or the empty slot where it belongs.
std::size_t KeyTable::slot_of(std::string_view identity) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = detail::TextHash()(identity) & mask;
  while (slots_[at] != 0 && !entries_[slots_[at] - 1].code.starts_with(identity)) {
    at = (at + 1) & mask;
  }
  return at;
}

void KeyTable::grow() {
  std::vector<std::uint32_t>(slots_.empty() ? 64 : 2 * slots_.size(), 0).swap(slots_);
  for (std::uint32_t at = first(); at != kNoIndex; at = entries_[at].appeared.after) {
    slots_[slot_of(identity_of(entries_[at]))] = at + 1;
  }
}

/// Empties a slot. Entries behind it that were displaced past it move up, so that no search ends
/// too early (Knuth, The Art of Computer Programming, volume 3, 6.4, algorithm R).
void KeyTable::empty(std::size_t slot) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = (slot + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const std::size_t home = detail::TextHash()(identity_of(entries_[slots_[at] - 1])) & mask;
    if (((at - home) & mask) < ((at - slot) & mask)) continue;
    slots_[slot] = slots_[at];
    slot = at;
  }
  slots_[slot] = 0;
}

}  // namespace weir::stages::core
