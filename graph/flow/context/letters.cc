#include "graph/flow/context/letters.h"

#include <algorithm>

#include "weir/detail/json_text.h"

namespace weir::flow {

std::size_t limit_of_told(const detail::RecordData& record, compile::OnError action,
                          std::size_t limit) {
  if (action != compile::OnError::letter) return limit;
  // Kind and message have 1 KiB each, and a byte may become six. The text may be stored once more,
  // as a field.
  constexpr std::size_t kError = 16 * 1024;
  const std::size_t more = kError + record.text_size;
  return limit > more ? limit - more : 0;
}

void address_letter(detail::RecordData& record, bool came_with_fields, StageId to,
                    detail::Arena& arena, const RunContext& context) {
  const detail::ErrorSlot& error = record.extra->error;
  std::string json = "{\"stage\":";
  detail::append_json_string(json, context.plan.stages[StageId(error.stage)].name);
  json += ",\"kind\":";
  detail::append_json_string(json, error.kind);
  json += ",\"message\":";
  detail::append_json_string(json, error.message);
  json += ",\"attempts\":" + std::to_string(error.attempts) + ",\"origin\":{";
  if (const std::string& part = context.parts.get(record.part).name; !part.empty()) {
    json += "\"part\":";
    detail::append_json_string(json, part);
    json += ",";
  }
  json += "\"position\":" + std::to_string(record.position);
  if (record.extra->line > 0) json += ",\"line\":" + std::to_string(record.extra->line);
  json += "}}";

  auto* const table = reinterpret_cast<detail::FieldSlot*>(
      arena.take((record.field_count + 2) * sizeof(detail::FieldSlot)));
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < record.field_count; ++i) {
    if (record.fields[i].key() != "error") table[count++] = record.fields[i];
  }
  const auto add = [&](std::string_view name, Value value) {
    table[count++] = {name.data(), static_cast<std::uint32_t>(name.size()), 0, value};
  };
  const bool tells_text = std::any_of(
      table, table + count, [](const detail::FieldSlot& slot) { return slot.key() == "text"; });
  if (!came_with_fields && !tells_text)
    add("text", Value(std::string_view(record.text, record.text_size)));
  add("error", Value::json(arena.keep(json)));
  record.fields = table;
  record.field_count = record.field_capacity = count;
  record.flags &= static_cast<std::uint8_t>(~detail::kFieldsShared);
  record.extra->letter_to = to.number();
  record.state = detail::RecordState::live;
}

}  // namespace weir::flow
