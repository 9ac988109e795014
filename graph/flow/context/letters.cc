#include "graph/flow/context/letters.h"

#include <algorithm>
#include <cstdio>

#include "graph/text/utf8.h"

namespace weir::flow {
namespace {

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      if (static_cast<unsigned char>(c) >= 0x20) {
        out += c;
      } else {
        char code[8];
        std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
        out += code;
      }
  }
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      append_escaped(out, text[at++]);
      continue;
    }
    const text::Glyph glyph = text::glyph_at(text, at);
    out += glyph.valid ? text.substr(at, glyph.size) : text::kReplacement;
    at += glyph.size;
  }
  out += '"';
}

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
  append_json(json, context.plan.stages[StageId(error.stage)].name);
  json += ",\"kind\":";
  append_json(json, error.kind);
  json += ",\"message\":";
  append_json(json, error.message);
  json += ",\"attempts\":" + std::to_string(error.attempts) + ",\"origin\":{";
  if (const std::string& part = context.parts.get(record.part).name; !part.empty()) {
    json += "\"part\":";
    append_json(json, part);
    json += ",";
  }
  json += "\"position\":" + std::to_string(record.position) + "}}";

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
