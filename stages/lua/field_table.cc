#include "stages/lua/field_table.h"

#include <algorithm>

namespace weir::stages::lua {

using detail::FieldSlot;

void FieldTable::begin(Record& record) {
  record_ = &record;
  if (indexed_) Places().swap(places_);
  indexed_ = false;
  holes_ = 0;
}

std::uint32_t FieldTable::find(std::string_view name) {
  const std::uint32_t count = record_->field_count();
  if (!indexed_ && count < kFew) {
    for (std::uint32_t i = 0; i < count; ++i) {
      if (record_->field(i).name == name) return i;
    }
    return kNone;
  }
  if (!indexed_) {
    for (std::uint32_t i = 0; i < count; ++i) places_.emplace(record_->field(i).name, i);
    indexed_ = true;
  }
  const auto found = places_.find(name);
  return found == places_.end() ? kNone : found->second;
}

Value FieldTable::get(std::string_view name) {
  const std::uint32_t at = find(name);
  return at == kNone ? Value() : record_->field(at).value;
}

void FieldTable::set(std::string_view name, const Value& value) {
  const std::uint32_t at = find(name);
  Value kept = value;
  if (kept.has_bytes()) kept = kept.with_bytes(record_->copy(kept.as_text()));
  if (at != kNone) {
    const Value before = record_->field(at).value;
    const bool same = value.is_number() && before.type() == ValueType::real &&
                      before.as_real() == value.as_real();
    if (!same) record_->adopt_at(at, kept);
    return;
  }
  name = record_->copy(name);
  record_->append(FieldName::lasting(name), kept);
  if (indexed_) places_.emplace(name, record_->field_count() - 1);
}

void FieldTable::remove(std::string_view name) {
  const std::uint32_t at = find(name);
  if (at == kNone) return;
  if (!indexed_) {
    record_->remove(name);
    return;
  }
  places_.erase(name);
  record_->adopt_at(at, Value());
  record_->data().fields[at].name_size = kHole;
  ++holes_;
}

void FieldTable::settle() {
  if (holes_ == 0) return;
  detail::RecordData& data = record_->data();
  const auto is_hole = [](const FieldSlot& slot) { return slot.name_size == kHole; };
  FieldSlot* const end = data.fields + data.field_count;
  data.field_count =
      static_cast<std::uint32_t>(std::remove_if(data.fields, end, is_hole) - data.fields);
  begin(*record_);
}

}  // namespace weir::stages::lua
