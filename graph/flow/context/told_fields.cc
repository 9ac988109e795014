#include "graph/flow/context/told_fields.h"

#include <algorithm>
#include <span>

#include "graph/flow/memory/record_copy.h"

namespace weir::flow {

using detail::FieldSlot;
using detail::RecordData;

void add_told_fields(RecordData& record, const detail::Extra& error, detail::Arena& arena,
                     std::size_t limit) {
  if (error.told_count == 0) return;
  const std::uint32_t most = record.field_count + error.told_count;
  auto* const table = reinterpret_cast<FieldSlot*>(arena.take(most * sizeof(FieldSlot)));
  std::uint32_t count = record.field_count;
  std::copy_n(record.fields, count, table);
  for (const FieldSlot& field : std::span(error.told, error.told_count)) {
    FieldSlot* const same = std::find_if(
        table, table + count, [&](const FieldSlot& other) { return other.key() == field.key(); });
    if (same == table + count) ++count;
    *same = field;
  }
  RecordData told = record;
  told.fields = table;
  told.field_count = told.field_capacity = count;
  told.flags &= static_cast<std::uint8_t>(~detail::kFieldsShared);
  if (copied_size(told).all() <= limit) record = told;
}

}  // namespace weir::flow
