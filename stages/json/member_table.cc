#include "stages/json/member_table.h"

#include <cstring>

namespace weir::stages::json {
namespace {

constexpr std::size_t kFew = 64;
/// The capacity above which memory is given back: one giant record needed it.
constexpr std::size_t kKept = 4096;

}  // namespace

void MemberTable::begin(const Record& record, std::string_view without) {
  slots_.clear();
  places_.clear();
  for (std::uint32_t i = 0; i < record.field_count(); ++i) {
    const FieldView field = record.field(i);
    if (field.name != without) append(field.name, field.value);
  }
}

void MemberTable::set(std::string_view name, Value value) {
  if (detail::FieldSlot* slot = find(name)) {
    slot->value = value;
  } else {
    append(name, value);
  }
}

void MemberTable::append(std::string_view name, Value value) {
  if (!places_.empty()) places_.emplace(name, static_cast<std::uint32_t>(slots_.size()));
  slots_.push_back({name.data(), static_cast<std::uint32_t>(name.size()), 0, value});
}

detail::FieldSlot* MemberTable::find(std::string_view name) {
  if (slots_.size() > kFew && places_.empty()) fill_places();
  if (places_.empty()) {
    for (detail::FieldSlot& slot : slots_) {
      if (slot.key() == name) return &slot;
    }
    return nullptr;
  }
  const auto found = places_.find(name);
  return found == places_.end() ? nullptr : &slots_[found->second];
}

void MemberTable::fill_places() {
  for (std::uint32_t i = 0; i < slots_.size(); ++i) places_.emplace(slots_[i].key(), i);
}

void MemberTable::store(Record& record) {
  const auto count = static_cast<std::uint32_t>(slots_.size());
  record.clear_fields();
  record.reserve_fields(count);
  if (count > 0) {
    std::memcpy(record.data().fields, slots_.data(), count * sizeof(slots_[0]));
    record.data().field_count = count;
  }
  if (slots_.capacity() > kKept) slots_ = {};
  if (places_.bucket_count() > kKept) places_ = {};
}

}  // namespace weir::stages::json
