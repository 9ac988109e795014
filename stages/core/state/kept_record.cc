#include "stages/core/state/kept_record.h"

#include <cstring>
#include <new>
#include <utility>

#include "stages/core/state/record_charge.h"
#include "weir/error.h"

namespace weir::stages::core {
namespace {

using detail::Extra;
using detail::FieldSlot;

/// The approximate overhead of the allocator for a block.
constexpr std::size_t kBlockOverhead = 16;

std::size_t bytes_of(const FieldSlot& slot) {
  return slot.name_size + (slot.value.has_bytes() ? slot.value.as_text().size() : 0);
}

std::uint32_t meta_count(const detail::RecordData& data) {
  return data.extra ? data.extra->meta_count : 0;
}

std::size_t block_size_of(const detail::RecordData& data) {
  std::size_t size = data.text_size;
  for (std::uint32_t i = 0; i < data.field_count; ++i) size += bytes_of(data.fields[i]);
  for (std::uint32_t i = 0; i < meta_count(data); ++i) size += bytes_of(data.extra->meta[i]);
  return size + (data.field_count + meta_count(data)) * sizeof(FieldSlot);
}

std::size_t emitted(std::size_t block, bool meta) {
  return detail::kRecordCharge + record_charge(block) + (meta ? record_charge(sizeof(Extra)) : 0);
}

const char* put(std::string_view bytes, char*& at) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return std::exchange(at, at + bytes.size());
}

/// Copies slots to `to` and their bytes to `at`, which it advances. Returns the end of the slots.
FieldSlot* put_slots(const FieldSlot* from, std::uint32_t count, FieldSlot* to, char*& at) {
  for (const FieldSlot* end = from + count; from != end; ++from, ++to) {
    *to = *from;
    to->name = put(from->key(), at);
    if (!from->value.has_bytes()) continue;
    const std::string_view bytes = from->value.as_text();
    to->value = from->value.with_bytes({put(bytes, at), bytes.size()});
  }
  return to;
}

}  // namespace

KeptRecord::KeptRecord(const Record& record) {
  const detail::RecordData& data = record.data();
  const std::size_t size = block_size_of(data);
  if (size > 0xffffffffu) throw Error("too_big", "a record of more than 4 GiB cannot be held");
  block_ = std::make_unique<char[]>(size);
  block_size_ = static_cast<std::uint32_t>(size);
  text_size_ = data.text_size;
  field_count_ = data.field_count;
  meta_count_ = meta_count(data);
  auto* slot = reinterpret_cast<FieldSlot*>(block_.get());
  char* at = block_.get() + (field_count_ + meta_count_) * sizeof(FieldSlot);
  slot = put_slots(data.fields, field_count_, slot, at);
  if (meta_count_ > 0) put_slots(data.extra->meta, meta_count_, slot, at);
  text_ = put(record.text(), at);
}

std::size_t KeptRecord::size_of(const Record& record) {
  return sizeof(KeptRecord) + block_size_of(record.data()) + kBlockOverhead;
}
std::size_t KeptRecord::size() const { return sizeof(KeptRecord) + block_size_ + kBlockOverhead; }

std::size_t KeptRecord::emitted_size() const { return emitted(block_size_, meta_count_ > 0); }
std::size_t KeptRecord::emitted_size_of(const Record& record) {
  return emitted(block_size_of(record.data()), meta_count(record.data()) > 0);
}

Record KeptRecord::emit(Call& call, std::uint8_t port) const {
  Record record = call.emit(port);
  if (block_size_ == 0) return record;
  detail::RecordData& data = record.data();
  auto* table = reinterpret_cast<FieldSlot*>(record.allocate(block_size_));
  char* at = reinterpret_cast<char*>(table + field_count_ + meta_count_);
  put_slots(slots(), field_count_ + meta_count_, table, at);
  data.fields = table;
  data.field_count = data.field_capacity = field_count_;
  if (meta_count_ > 0) {
    data.extra = new (record.allocate(sizeof(Extra))) Extra();
    data.extra->meta = table + field_count_;
    data.extra->meta_count = meta_count_;
  }
  data.text = put(text(), at);
  data.text_size = text_size_;
  return record;
}

void KeptRecord::add_fields_to(Record& record) const {
  for (std::uint32_t i = 0; i < field_count_; ++i) {
    const FieldView each = field(i);
    if (!record.has(each.name)) record.set(each.name, each.value);
  }
}

}  // namespace weir::stages::core
