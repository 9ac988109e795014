#include "stages/lookup/key_index.h"

namespace weir::stages::lookup {
namespace {

constexpr std::size_t kFewest = 16;

constexpr std::uint32_t upper(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

}  // namespace

void KeyIndex::fetch_slot(std::uint64_t hash) const {
  if (!slots_.empty()) __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
}

std::optional<std::uint32_t> KeyIndex::fetch_key(std::uint64_t hash) const {
  if (slots_.empty()) return std::nullopt;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].key != 0; at = (at + 1) & mask) {
    if (slots_[at].hash != upper(hash)) continue;
    __builtin_prefetch(&keys_[slots_[at].key - 1]);
    return slots_[at].key - 1;
  }
  return std::nullopt;
}

void KeyIndex::fetch_bytes(std::uint32_t key) const { __builtin_prefetch(keys_[key].bytes); }

std::optional<std::uint32_t> KeyIndex::find(std::string_view key, std::uint64_t hash) const {
  if (slots_.empty()) return std::nullopt;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].key != 0; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.hash == upper(hash) && keys_[slot.key - 1].text() == key) return slot.key - 1;
  }
  return std::nullopt;
}

std::uint32_t KeyIndex::add(std::string_view key) {
  if (2 * (keys_.size() + 1) > slots_.size()) grow();
  share_.push(keys_, Key{key.data(), static_cast<std::uint32_t>(key.size()), 0});
  insert(size() - 1, hash_of(key));
  return size() - 1;
}

void KeyIndex::grow() {
  const std::size_t before = slots_.size();
  const std::size_t after = before == 0 ? kFewest : 2 * before;
  share_.take(after * sizeof(Slot));
  slots_ = std::vector<Slot>(after);
  share_.give(before * sizeof(Slot));
  for (std::uint32_t key = 0; key < size(); ++key) insert(key, hash_of(keys_[key].text()));
}

void KeyIndex::insert(std::uint32_t key, std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].key != 0) at = (at + 1) & mask;
  slots_[at] = {key + 1, upper(hash)};
}

}  // namespace weir::stages::lookup
