#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "weir/detail/text_hash.h"
#include "weir/record.h"

namespace weir::detail {

/// Named values in order: members of an object, or the fields of a record together with such
/// members. A name that is there already gets the new value in its place. Few names are searched
/// one by one; more get a hash table, since an object with a hundred thousand members must not take
/// quadratic time.
class MemberTable {
 public:
  /// Begins with nothing.
  void begin() {
    slots_.clear();
    places_.clear();
  }
  /// Begins with the fields of `record` except the one named `without`.
  void begin(const Record& record) { begin_with(record, nullptr); }
  void begin(const Record& record, std::string_view without) { begin_with(record, &without); }

  /// Sets a member. The name and the bytes of the value must live in the batch.
  void set(std::string_view name, Value value) {
    if (FieldSlot* slot = find(name)) {
      slot->value = value;
    } else {
      append(name, value);
    }
  }
  const std::vector<FieldSlot>& slots() const { return slots_; }

  /// Replaces the fields of `record` with these.
  void store(Record& record) {
    const auto count = static_cast<std::uint32_t>(slots_.size());
    record.clear_fields();
    record.reserve_fields(count);
    if (count > 0) {
      std::memcpy(record.data().fields, slots_.data(), count * sizeof(slots_[0]));
      record.data().field_count = count;
    }
    shrink();
  }
  /// Gives back memory that one giant record needed. The members are of no use then.
  void shrink() {
    constexpr std::size_t kKept = 4096;
    if (slots_.capacity() > kKept) slots_ = {};
    if (places_.bucket_count() > kKept) places_ = {};
  }

 private:
  static constexpr std::size_t kFew = 64;

  void begin_with(const Record& record, const std::string_view* without) {
    begin();
    for (std::uint32_t i = 0; i < record.field_count(); ++i) {
      const FieldView field = record.field(i);
      if (!without || field.name != *without) append(field.name, field.value);
    }
  }
  void append(std::string_view name, Value value) {
    if (!places_.empty()) places_.emplace(name, static_cast<std::uint32_t>(slots_.size()));
    slots_.push_back({name.data(), static_cast<std::uint32_t>(name.size()), 0, value});
  }
  FieldSlot* find(std::string_view name) {
    if (slots_.size() > kFew && places_.empty()) fill_places();
    if (places_.empty()) {
      for (FieldSlot& slot : slots_) {
        if (slot.key() == name) return &slot;
      }
      return nullptr;
    }
    const auto found = places_.find(name);
    return found == places_.end() ? nullptr : &slots_[found->second];
  }
  void fill_places() {
    for (std::uint32_t i = 0; i < slots_.size(); ++i) places_.emplace(slots_[i].key(), i);
  }

  std::vector<FieldSlot> slots_;
  /// Empty while there are few members.
  std::unordered_map<std::string_view, std::uint32_t, TextHash> places_;
};

}  // namespace weir::detail
