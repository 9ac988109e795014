#include "stages/json/keys.h"

#include <algorithm>

#include "weir/detail/text_hash.h"

namespace weir::stages::json {

std::uint32_t Keys::add_to_table(std::string_view name,
                                 const std::vector<detail::FieldSlot>& slots) {
  if (!in_table_ || 2 * (slots.size() + 1) > table_.size()) rebuild(slots);
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = detail::TextHash()(name) & mask;; at = (at + 1) & mask) {
    Entry& entry = table_[at];
    if (entry.generation != generation_) {
      entry = {generation_, static_cast<std::uint32_t>(slots.size())};
      return kNew;
    }
    if (slots[entry.slot].key() == name) return entry.slot;
  }
}

void Keys::rebuild(const std::vector<detail::FieldSlot>& slots) {
  in_table_ = true;
  std::size_t size = std::max<std::size_t>(table_.size(), 64);
  while (size < 4 * (slots.size() + 1)) size *= 2;
  if (size != table_.size() || ++generation_ == 0) {
    table_.assign(size, {});
    generation_ = 1;
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    std::size_t at = detail::TextHash()(slots[i].key()) & (size - 1);
    while (table_[at].generation == generation_) at = (at + 1) & (size - 1);
    table_[at] = {generation_, static_cast<std::uint32_t>(i)};
  }
}

void Keys::remember(const std::vector<detail::FieldSlot>& slots) {
  constexpr std::size_t kKept = 16 * 1024;
  if (!in_table_) return;
  known_ = 0;
  for (const detail::FieldSlot& slot : slots) {
    if (known_ == shape_.size() || slot.name_size > Key().bytes.size()) break;
    Key& key = shape_[known_++];
    key.size = slot.name_size;
    if (key.size > 0) std::memcpy(key.bytes.data(), slot.name, slot.name_size);
  }
  if (table_.size() > kKept) table_ = {};
}

}  // namespace weir::stages::json
