#include "stages/json/json_stages.h"

#include "stages/json/writer.h"

namespace weir {

void JsonParse::process(Record& record, Call& call) const {
  call.scratch<FieldReader>().read(record);
}

JsonFormat::JsonFormat(const JsonFormatOptions& options) : columns_(options.columns) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (columns_[i].name() == columns_[j].name()) {
        throw OptionError("columns", "duplicate column '" + columns_[i].name() + "'");
      }
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
    for (const Field& column : columns_) {
      visit(std::string_view(column.name()), record.get(column));
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

}  // namespace weir
