#include "graph/flow/record_copy.h"

#include <cstring>
#include <new>
#include <string_view>

namespace weir {
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

/// Fills one allocation: tables from its front, bytes behind them. One allocation, so that it
/// either fits or takes nothing.
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
      if (from[i].value.has_bytes()) slot->value = value(from[i].value);
    }
    return to;
  }

  Extra* extra(const Extra& from) {
    auto* to = new (tables_) Extra(from);
    tables_ += sizeof(Extra);
    to->error.kind = bytes(from.error.kind);
    to->error.message = bytes(from.error.message);
    to->meta = table(from.meta, from.meta_count);
    return to;
  }

 private:
  Value value(Value from) {
    const std::string_view to = bytes(from.as_text());
    return from.type() == ValueType::json ? Value::json(to) : Value(to);
  }

  char* tables_;
  char* bytes_;
};

struct Sizes {
  std::size_t tables;
  std::size_t bytes;
};

Sizes sizes_of(const RecordData& from) {
  Sizes sizes{table_size(from.field_count),
              from.text_size + bytes_of(from.fields, from.field_count)};
  if (const Extra* extra = from.extra) {
    sizes.tables += sizeof(Extra) + table_size(extra->meta_count);
    sizes.bytes += extra->error.kind.size() + extra->error.message.size() +
                   bytes_of(extra->meta, extra->meta_count);
  }
  return sizes;
}

}  // namespace

std::size_t copied_size(const RecordData& from) {
  const Sizes sizes = sizes_of(from);
  return sizes.tables + (sizes.bytes + 7) / 8 * 8;
}

bool copy_out(const RecordData& from, detail::Arena& arena, RecordData& to) {
  const Sizes sizes = sizes_of(from);
  char* at = nullptr;
  try {
    at = arena.take(sizes.tables + sizes.bytes);
  } catch (const detail::OutOfMemory&) {
    return false;
  }
  Copier copier(at, at + sizes.tables);
  RecordData copy = from;
  copy.text = copier.bytes({from.text, from.text_size}).data();
  copy.fields = copier.table(from.fields, from.field_count);
  copy.field_capacity = from.field_count;
  copy.extra = from.extra ? copier.extra(*from.extra) : nullptr;
  copy.flags &= static_cast<std::uint8_t>(~detail::kFieldsShared);
  to = copy;
  return true;
}

}  // namespace weir
