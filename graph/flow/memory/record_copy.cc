#include "graph/flow/memory/record_copy.h"

#include <cstring>
#include <new>
#include <span>
#include <string_view>

namespace weir::flow {
namespace {

using detail::Extra;
using detail::FieldSlot;
using detail::RecordData;

static_assert(sizeof(Extra) % 8 == 0 && sizeof(FieldSlot) % 8 == 0);

std::size_t table_size(std::uint32_t count) { return count * sizeof(FieldSlot); }

std::size_t bytes_of(const FieldSlot* table, std::uint32_t count) {
  std::size_t bytes = 0;
  for (const FieldSlot* slot = table; slot != table + count; ++slot) {
    bytes += slot->name_size;
    if (slot->value.has_bytes()) bytes += slot->value.as_text().size();
  }
  return bytes;
}

/// Fills one allocation: tables from its front, bytes behind them. A single allocation either fits
/// or takes nothing.
class Copier {
 public:
  Copier(char* tables, char* bytes) : tables_(tables), bytes_(bytes) {}

  std::string_view bytes(std::string_view from) {
    char* at = bytes_;
    if (!from.empty()) std::memcpy(at, from.data(), from.size());
    bytes_ += from.size();
    return {at, from.size()};
  }

  FieldSlot* table(const FieldSlot* from, std::uint32_t count) {
    if (count == 0) return nullptr;
    auto* to = reinterpret_cast<FieldSlot*>(tables_);
    tables_ += table_size(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      auto* slot = new (to + i) FieldSlot(from[i]);
      slot->name = bytes(from[i].key()).data();
      if (from[i].value.has_bytes()) {
        slot->value = from[i].value.with_bytes(bytes(from[i].value.as_text()));
      }
    }
    return to;
  }

  Extra* extra(const Extra& from) {
    auto* to = new (tables_) Extra(from);
    tables_ += sizeof(Extra);
    to->error.kind = bytes(from.error.kind);
    to->error.message = bytes(from.error.message);
    to->meta = table(from.meta, from.meta_count);
    to->told = nullptr;
    to->told_count = 0;
    return to;
  }

 private:
  char* tables_;
  char* bytes_;
};

/// Returns false if there is no memory.
bool take(CopySize size, detail::Arena& arena, char*& at) {
  try {
    at = arena.take(size.tables + size.bytes);
    return true;
  } catch (const detail::OutOfMemory&) {
    return false;
  }
}

}  // namespace

CopySize copied_size(const RecordData& from) {
  CopySize size{table_size(from.field_count),
                from.text_size + bytes_of(from.fields, from.field_count)};
  if (const Extra* extra = from.extra) {
    size.tables += sizeof(Extra) + table_size(extra->meta_count);
    size.bytes += extra->error.kind.size() + extra->error.message.size() +
                  bytes_of(extra->meta, extra->meta_count);
  }
  return size;
}

bool copy_out(const RecordData& from, CopySize size, detail::Arena& arena, RecordData& to) {
  char* at = nullptr;
  if (!take(size, arena, at)) return false;
  Copier copier(at, at + size.tables);
  RecordData copy = from;
  copy.text = copier.bytes({from.text, from.text_size}).data();
  copy.fields = copier.table(from.fields, from.field_count);
  copy.field_capacity = from.field_count;
  copy.extra = from.extra ? copier.extra(*from.extra) : nullptr;
  copy.flags &= static_cast<std::uint8_t>(~detail::kFieldsShared);
  to = copy;
  return true;
}

bool copy_piece(const RecordData& from, CopySize size, detail::Arena& arena, RecordData& to) {
  char* at = nullptr;
  if (!take(size, arena, at)) return false;
  // In such a copy the text follows the table, and the names and values follow the text.
  const char* const before = from.text - size.tables;
  if (size.all() > 0) std::memcpy(at, before, size.tables + size.bytes);
  const auto moved = [&](const char* byte) { return at + (byte - before); };
  to = from;
  to.text = moved(from.text);
  if (from.field_count == 0) return true;
  to.fields = reinterpret_cast<FieldSlot*>(at);
  for (FieldSlot& field : std::span(to.fields, to.field_count)) {
    field.name = moved(field.name);
    if (!field.value.has_bytes()) continue;
    const std::string_view bytes = field.value.as_text();
    field.value = field.value.with_bytes({moved(bytes.data()), bytes.size()});
  }
  return true;
}

}  // namespace weir::flow
