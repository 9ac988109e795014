#include "stages/json/json_stages.h"

#include <string_view>
#include <unordered_set>

#include "stages/json/writer.h"
#include "weir/detail/field_finder.h"

namespace weir::stages::json {

void JsonParse::process(Record& record, Call& call) const {
  call.scratch<FieldReader>().read(record, drop_blank_);
}

JsonFormat::JsonFormat(const JsonFormatOptions& options) : columns_(options.columns) {
  std::unordered_set<std::string_view> names;
  for (const Field& column : columns_) {
    if (!names.insert(column.name()).second) {
      throw OptionError("columns", "duplicate column '" + column.name() + "'");
    }
  }
}

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

void JsonFormat::process(Record& record, Call&) const {
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
  JsonWriter writer(begin, size);
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
  record.adopt_text({begin, static_cast<std::size_t>(writer.end() - begin)});
  return true;
}

}  // namespace weir::stages::json
