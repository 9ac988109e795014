#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstring>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "weir/detail/arena.h"
#include "weir/detail/record_data.h"
#include "weir/field.h"
#include "weir/field_name.h"
#include "weir/origin.h"
#include "weir/value.h"

namespace weir {

namespace detail {

/// The services that a record needs beyond its own bytes; the engine implements them. Called
/// rarely.
class Host {
 public:
  virtual ~Host() = default;
  virtual const Part& part(std::uint32_t part) const = 0;
  virtual std::string_view stage_name(std::uint16_t stage) const = 0;
  /// Returns the value at `steps` inside the raw JSON `json`; text that must be unescaped goes to
  /// `arena`.
  virtual Value json_at(std::string_view json, std::span<const std::string> steps,
                        Arena& arena) const = 0;
};

}  // namespace detail

/// The error of a record, as `record.error` shows it.
struct RecordError {
  std::string_view kind;
  std::string_view message;
  std::string_view stage;
  int attempts = 0;
};

/// One named value of a record.
struct FieldView {
  std::string_view name;
  Value value;
};

/// A record: text, a flat ordered table of fields, and an origin. It is a handle, cheap to copy and
/// valid only inside the call that it was given to. Views that it returns live until the call
/// returns or that value is set again; setters copy into the batch. Setters throw
/// detail::OutOfMemory or detail::RecordTooBig, which a stage lets pass. Not for use by two
/// threads.
class Record {
 public:
  Record(detail::RecordData& data, detail::Arena& arena, const detail::Host& host)
      : data_(&data), arena_(&arena), host_(&host) {}

  /// The text; empty if the record has none. At least 64 readable bytes follow it.
  std::string_view text() const { return {data_->text, data_->text_size}; }
  void set_text(std::string_view text) { adopt_text(arena_->copy(text)); }
  /// Sets the text without a copy; `text` must live in this batch (`allocate`, or a view of it).
  void adopt_text(std::string_view text) {
    data_->text = text.data();
    data_->text_size = static_cast<std::uint32_t>(text.size());
  }
  template <std::same_as<std::string> Temporary>
  void adopt_text(Temporary&&) = delete;

  /// Returns the field's value; null if the record has no such field.
  Value get(const Field& field) const {
    if (const detail::FieldSlot* slot = find(field.name())) return slot->value;
    return field.steps().empty() ? Value() : nested(field);
  }
  Value get(std::string_view name) const {
    const detail::FieldSlot* slot = find(name);
    return slot ? slot->value : Value();
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// Sets a field; a new one goes to the end. The value's bytes are copied into the batch, and so
  /// is the name of a new field (FieldName says when not).
  void set(FieldName name, Value value) {
    if (value.has_bytes()) value = copied(value);
    adopt(name, value);
  }
  /// Sets a field without a copy of the value's bytes, which must live in this batch.
  void adopt(FieldName name, Value value) {
    if (!find(name.text())) return append(name, value);
    own_fields(0);
    find(name.text())->value = value;
  }
  template <std::same_as<std::string> Temporary>
  void adopt(FieldName, Temporary&&) = delete;
  /// Sets the field at `index` without a copy, as `adopt` does.
  void adopt_at(std::uint32_t index, Value value) {
    own_fields(0);
    data_->fields[index].value = value;
  }
  /// Adds a field as `adopt` does, without a search for one of that name (for parsers that know
  /// that it is new).
  void append(FieldName name, Value value) { add_slot(kept(name))->value = value; }
  template <std::same_as<std::string> Temporary>
  void append(FieldName, Temporary&&) = delete;

  /// Removes a field; returns false if there was none.
  bool remove(std::string_view name) {
    if (!find(name)) return false;
    own_fields(0);
    detail::FieldSlot* slot = find(name);
    detail::FieldSlot* end = data_->fields + data_->field_count;
    std::memmove(slot, slot + 1, static_cast<std::size_t>(end - slot - 1) * sizeof(*slot));
    --data_->field_count;
    return true;
  }
  /// Renames a field in its place, and removes another one that had the new name. Returns false if
  /// there is no field `from`.
  bool rename(std::string_view from, FieldName to) {
    if (!find(from)) return false;
    if (from == to.text()) return true;
    const std::string_view name = kept(to);
    own_fields(0);
    remove(name);
    detail::FieldSlot* slot = find(from);
    slot->name = name.data();
    slot->name_size = static_cast<std::uint32_t>(name.size());
    return true;
  }
  void clear_fields() {
    data_->fields = nullptr;
    data_->field_count = data_->field_capacity = 0;
    data_->flags &= static_cast<std::uint8_t>(~detail::kFieldsShared);
  }
  /// Makes room for `count` fields in all.
  void reserve_fields(std::uint32_t count) {
    if (count > data_->field_capacity) own_fields(count - data_->field_count);
  }

  std::uint32_t field_count() const { return data_->field_count; }
  FieldView field(std::uint32_t index) const {
    const detail::FieldSlot& slot = data_->fields[index];
    return {slot.key(), slot.value};
  }

  /// Metadata: small values that travel with the record and are not fields. Null if there is none
  /// of that name.
  Value meta(std::string_view name) const {
    if (!data_->extra) return {};
    for (std::uint32_t i = 0; i < data_->extra->meta_count; ++i) {
      if (data_->extra->meta[i].key() == name) return data_->extra->meta[i].value;
    }
    return {};
  }
  void set_meta(FieldName of, Value value) {
    if (value.has_bytes()) value = copied(value);
    const std::string_view name = kept(of);
    detail::Extra& extra = fresh_extra();
    auto* table = reinterpret_cast<detail::FieldSlot*>(
        arena_->allocate((extra.meta_count + 1) * sizeof(detail::FieldSlot)));
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < extra.meta_count; ++i) {
      if (extra.meta[i].key() != name) table[count++] = extra.meta[i];
    }
    table[count++] = {name.data(), static_cast<std::uint32_t>(name.size()), 0, value};
    extra.meta = table;
    extra.meta_count = count;
  }

  Origin origin() const {
    return {detail::source_of(data_->part), detail::number_of(data_->part), data_->position};
  }
  /// The line of the record's first byte in its file, from 1; 0 if it was not counted
  /// (Framing::lines).
  std::uint64_t line() const { return data_->extra ? data_->extra->line : 0; }
  /// Says the line of a new record of a source. `room` is kLineRoom bytes of `Feed::buffer`, taken
  /// before the record was appended, so that nothing can fail behind that.
  static constexpr std::size_t kLineRoom = sizeof(detail::Extra);
  void set_line(std::uint64_t line, char* room) {
    if (!data_->extra) data_->extra = new (room) detail::Extra();
    data_->extra->line = line;
  }
  /// The part of the source that the record came from, with a file's name and header.
  const Part& part() const { return host_->part(data_->part); }

  /// The error of a record that was kept (`on_error: keep`); its kind is empty if there is none.
  RecordError error() const {
    if (!data_->extra || !data_->extra->has_error) return {};
    const detail::ErrorSlot& e = data_->extra->error;
    return {e.kind, e.message, host_->stage_name(e.stage), static_cast<int>(e.attempts)};
  }

  /// The input of the merge before the stage by which the record came: 0, 1, ... in the order of
  /// `from`.
  std::uint32_t input() const { return data_->input; }

  /// Ends the record here, as filtered.
  void drop() { data_->state = detail::RecordState::dropped; }
  /// Ends the record here, as filtered with the reason `blank`: there was nothing in it.
  void drop_blank() { data_->state = detail::RecordState::blank; }
  /// Ends the record here, with an error of this stage; the records that it emitted in this call
  /// are discarded. `retryable` says that another attempt may help, though not before `retry_after`
  /// has passed.
  void fail(std::string_view kind, std::string_view message, bool retryable = true,
            std::chrono::nanoseconds retry_after = {}) {
    // Not charged to the record, which may fail because it is too big.
    constexpr std::size_t kLongest = 1024;
    kind = arena_->keep(kind.substr(0, kLongest));
    message = arena_->keep(message.substr(0, kLongest));
    auto* extra = new (arena_->take(sizeof(detail::Extra))) detail::Extra();
    if (data_->extra) *extra = *data_->extra;
    extra->error = {kind, message, 0, 1, retryable, retry_after};
    extra->told = nullptr;
    extra->told_count = 0;
    data_->extra = extra;
    data_->state = detail::RecordState::failed;
  }
  /// After `fail`: adds a field that describes the error. If the record is kept or becomes a dead
  /// letter, it has this field beside those that it came with; all other changes are undone. The
  /// field is left out if it would make the call or the record exceed `limits.record`. Throws
  /// std::logic_error if the record has not failed.
  void tell(FieldName name, Value value) {
    if (data_->state != detail::RecordState::failed) {
      throw std::logic_error("only a record that has failed tells of its error");
    }
    const std::size_t bytes = sizeof(detail::FieldSlot) + name.text().size() +
                              (value.has_bytes() ? value.as_text().size() : 0);
    if (bytes > arena_->budget()) return;
    arena_->charge(bytes);
    if (value.has_bytes()) value = value.with_bytes(arena_->keep(value.as_text()));
    const std::string_view kept = name.lasts() ? name.text() : arena_->keep(name.text());
    detail::Extra& extra = *data_->extra;
    // The capacity is always a power of two.
    if (extra.told_count == 0 || std::has_single_bit(extra.told_count)) {
      auto* const table = reinterpret_cast<detail::FieldSlot*>(
          arena_->take(std::max(1u, 2 * extra.told_count) * sizeof(detail::FieldSlot)));
      std::copy_n(extra.told, extra.told_count, table);
      extra.told = table;
    }
    extra.told[extra.told_count++] = {kept.data(), static_cast<std::uint32_t>(kept.size()), 0,
                                      value};
  }

  /// Returns `size` bytes of this batch, for a text that is made in place. Throws when the record
  /// is too big.
  char* allocate(std::size_t size) { return arena_->allocate(size); }
  /// Gives back the bytes from `end` on that the newest `allocate` did not need.
  void trim(char* end) { arena_->trim(end); }
  std::string_view copy(std::string_view bytes) { return arena_->copy(bytes); }

  detail::RecordData& data() { return *data_; }
  const detail::RecordData& data() const { return *data_; }
  detail::Arena& arena() const { return *arena_; }
  const detail::Host& host() const { return *host_; }

 private:
  detail::FieldSlot* find(std::string_view name) const {
    detail::FieldSlot* slot = data_->fields;
    for (detail::FieldSlot* end = slot + data_->field_count; slot != end; ++slot) {
      if (slot->name_size == name.size() &&
          (slot->name == name.data() || std::memcmp(slot->name, name.data(), name.size()) == 0)) {
        return slot;
      }
    }
    return nullptr;
  }

  Value nested(const Field& field) const {
    const detail::FieldSlot* top = find(field.steps().front());
    if (!top || top->value.type() != ValueType::json) return {};
    return host_->json_at(top->value.as_text(), std::span(field.steps()).subspan(1), *arena_);
  }

  Value copied(Value value) { return value.with_bytes(arena_->copy(value.as_text())); }

  /// Returns the name as a view that lives as long as the batch.
  std::string_view kept(FieldName name) {
    return name.lasts() ? name.text() : arena_->copy(name.text());
  }

  detail::FieldSlot* add_slot(std::string_view name) {
    own_fields(1);
    detail::FieldSlot* slot = data_->fields + data_->field_count++;
    slot->name = name.data();
    slot->name_size = static_cast<std::uint32_t>(name.size());
    return slot;
  }

  /// Makes the field table this record's own, with room for `more` slots.
  void own_fields(std::uint32_t more) {
    const std::uint32_t needed = data_->field_count + more;
    if (needed <= data_->field_capacity && !(data_->flags & detail::kFieldsShared)) return;
    const std::uint32_t capacity =
        more == 0 ? needed : (needed > 2 * data_->field_count ? needed + 3 : 2 * needed);
    auto* table = reinterpret_cast<detail::FieldSlot*>(
        arena_->allocate(capacity * sizeof(detail::FieldSlot)));
    if (data_->field_count > 0) {
      std::memcpy(table, data_->fields, data_->field_count * sizeof(detail::FieldSlot));
    }
    data_->fields = table;
    data_->field_capacity = capacity;
    data_->flags &= static_cast<std::uint8_t>(~detail::kFieldsShared);
  }

  /// Replaces the extra block by a copy, because a record that was kept or copied may share the old
  /// one.
  detail::Extra& fresh_extra() {
    auto* extra = new (arena_->allocate(sizeof(detail::Extra))) detail::Extra();
    if (data_->extra) *extra = *data_->extra;
    data_->extra = extra;
    return *extra;
  }

  detail::RecordData* data_;
  detail::Arena* arena_;
  const detail::Host* host_;
};

}  // namespace weir
