#include "stages/json/json_stages.h"

#include <string_view>
#include <unordered_set>

#include "stages/json/indented.h"
#include "stages/json/writer.h"
#include "weir/detail/field_finder.h"
#include "weir/detail/utf8.h"
#include "weir/in_quotes.h"

namespace weir::stages::json {

JsonParse::JsonParse(const JsonParseOptions& options)
    : place_(options, ResultPlace::Otherwise::in_place),
      flatten_(options.flatten),
      drop_blank_(options.on_blank == JsonBlank::drop) {
  if (!flatten_ || !place_.whole()) return;
  if (options.into) throw OptionError("flatten", "'into' takes no 'flatten'");
  throw OptionError("flatten", "'flatten' of a field needs 'prefix'");
}

void JsonParse::process(Record& record, Call& call) const {
  auto& reader = call.scratch<FieldReader>();
  std::string_view json;
  if (!place_.read(record, json, "json")) return;
  switch (reader.read(record, json, {&place_, flatten_})) {
    case FieldReader::Outcome::good:
      return;
    case FieldReader::Outcome::blank:
      if (!place_.field().empty()) {
        return place_.miss(record, "json",
                           "expected JSON in '" + place_.field().name() + "', got blank text");
      }
      if (drop_blank_) return record.drop_blank();
      break;
    case FieldReader::Outcome::failed:
      break;
  }
  fail(record, reader.mistake());
}

void JsonParse::fail(Record& record, std::string message) const {
  if (!place_.field().empty()) message = "field '" + place_.field().name() + "': " + message;
  record.fail("json", message, false);
}

JsonFormat::JsonFormat(const JsonFormatOptions& options)
    : columns_(options.columns), indent_(options.indent), on_invalid_(options.on_invalid) {
  std::unordered_set<std::string_view> names;
  for (const Field& column : columns_) {
    if (!names.insert(column.name()).second) {
      throw OptionError("columns", "duplicate column '" + column.name() + "'");
    }
  }
}

void JsonFormat::open(Context& context) { invalid_ = &context.counter("not_utf8"); }

template <class Visit>
void JsonFormat::each(const Record& record, Visit&& visit) const {
  if (columns_.empty()) {
    for (std::uint32_t i = 0; i < record.field_count(); ++i) {
      const FieldView field = record.field(i);
      visit(field.name, field.value);
    }
  } else {
    detail::FieldFinder fields(record);
    for (const Field& column : columns_) {
      visit(std::string_view(column.name()), fields.get(column));
    }
  }
}

void JsonFormat::write_indented(Record& record) const {
  const auto indent = static_cast<std::size_t>(*indent_);
  const auto write_to = [&](char* out) {
    IndentedJson json(out, indent, on_invalid_ == JsonInvalid::keep);
    each(record, [&](std::string_view name, const Value& value) { json.member(name, value); });
    json.end();
    return json;
  };
  const std::size_t size = write_to(nullptr).size();
  char* const begin = record.allocate(size);
  const std::uint64_t invalid = write_to(begin).invalid();
  if (invalid > 0 && !settle(record, invalid)) return;
  record.adopt_text({begin, size});
}

void JsonFormat::process(Record& record, Call&) const {
  if (indent_) return write_indented(record);
  std::size_t size = 2;
  each(record, [&](std::string_view name, const Value& value) {
    size += name.size() + 4 + JsonWriter::plain_size(value);
  });
  if (write(record, size)) return;
  size = 2;
  each(record, [&](std::string_view name, const Value& value) {
    size += JsonWriter::exact_size(name) + 2 + JsonWriter::exact_size(value);
  });
  write(record, size);
}

bool JsonFormat::write(Record& record, std::size_t size) const {
  char* begin = record.allocate(size);
  JsonWriter writer(
      begin, size,
      on_invalid_ == JsonInvalid::keep ? JsonWriter::Invalid::kept : JsonWriter::Invalid::replaced);
  char separator = '{';
  each(record, [&](std::string_view name, const Value& value) {
    writer.put(separator);
    separator = ',';
    writer.string(name);
    writer.put(':');
    writer.value(value);
  });
  if (separator == '{') writer.put('{');
  writer.put('}');
  record.trim(writer.full() ? begin : writer.end());
  if (writer.full()) return false;
  if (writer.invalid() > 0 && !settle(record, writer.invalid())) return true;
  record.adopt_text({begin, static_cast<std::size_t>(writer.end() - begin)});
  return true;
}

/// Counts bytes that were not UTF-8. Returns false, and fails the record, if they are an error.
bool JsonFormat::settle(Record& record, std::uint64_t invalid) const {
  if (invalid_) invalid_->add(invalid);
  if (on_invalid_ != JsonInvalid::error) return true;
  each(record, [&](std::string_view name, const Value& value) {
    const bool good = detail::is_utf8(name) &&
                      (value.type() != ValueType::text || detail::is_utf8(value.as_text()));
    if (good || record.data().state == detail::RecordState::failed) return;
    record.fail("encoding", "field " + in_quotes(name) + " is not UTF-8", false);
  });
  return false;
}

}  // namespace weir::stages::json
