#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "weir/call.h"
#include "weir/record.h"

namespace weir::stages::core {

/// A deep copy of a record's text, fields and meta, for a stage that holds records (`sort`,
/// `join`). It refers to nothing in the batch that the record was in; it keeps neither origin nor
/// error. Movable. Everything is in one block of memory.
///   const std::size_t size = KeptRecord::size_of(record);  // what state is charged with
///   if (!account.take(size)) throw Error("state_full", ...);
///   KeptRecord kept(record);
///   Record child = kept.emit(call);                        // later: a new record of that content
class KeptRecord {
 public:
  KeptRecord() = default;
  explicit KeptRecord(const Record& record);

  /// Returns what state is charged with for a copy of `record`: the object and its block.
  static std::size_t size_of(const Record& record);
  std::size_t size() const;
  /// Returns the bytes of `limits.record` that `emit` takes; `emitted_size_of`, those that it takes
  /// for a copy of `record`. Check the size when the record arrives: it leaves in the call of
  /// another record, which must not fail because of it.
  std::size_t emitted_size() const;
  static std::size_t emitted_size_of(const Record& record);

  std::string_view text() const { return {text_, text_size_}; }
  std::uint32_t field_count() const { return field_count_; }
  FieldView field(std::uint32_t index) const {
    return {slots()[index].key(), slots()[index].value};
  }

  /// Emits a new record with copies of everything, through `call.emit(port)`.
  Record emit(Call& call, std::uint8_t port = 0) const;
  /// Appends copies of the fields that `record` does not have.
  void add_fields_to(Record& record) const;

 private:
  const detail::FieldSlot* slots() const {
    return reinterpret_cast<const detail::FieldSlot*>(block_.get());
  }

  std::unique_ptr<char[]> block_;  ///< Slots of the fields and of the meta, their bytes, the text.
  const char* text_ = nullptr;
  std::uint32_t block_size_ = 0;
  std::uint32_t text_size_ = 0;
  std::uint32_t field_count_ = 0;
  std::uint32_t meta_count_ = 0;
};

}  // namespace weir::stages::core
