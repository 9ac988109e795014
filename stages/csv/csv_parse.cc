#include "stages/csv/csv_parse.h"

#include <algorithm>
#include <utility>

#include "stages/csv/splitter.h"
#include "weir/in_quotes.h"

namespace weir::stages::csv {
namespace {

/// Returns a name that occurs twice; empty if there is none.
std::string duplicate_of(const std::vector<std::string>& names) {
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  const auto found = std::adjacent_find(sorted.begin(), sorted.end());
  return found == sorted.end() ? std::string() : std::string(*found);
}

bool has_duplicate(const std::vector<std::string>& names) {
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

char csv_delimiter(const std::string& text) {
  if (text.size() != 1) {
    throw OptionError("delimiter", "expected one ASCII character, got " + in_quotes(text));
  }
  if (text[0] == '"' || text[0] == '\n' || text[0] == '\r' || (text[0] & 0x80)) {
    throw OptionError("delimiter", "expected another character than a quote or a line break");
  }
  return text[0];
}

CsvParse::CsvParse(const CsvParseOptions& options)
    : options_(options), delimiter_(csv_delimiter(options.delimiter)) {
  from_header_ = options.columns.empty();
  if (from_header_ && !options.has_header()) {
    throw OptionError("header", "expected 'columns' beside 'header: false'");
  }
  if (has_duplicate(options.columns)) {
    throw OptionError("columns", "duplicate column '" + duplicate_of(options.columns) + "'");
  }
  if (from_header_) return;
  for (const auto& [name, type] : options.types) {
    if (std::find(options.columns.begin(), options.columns.end(), name) == options.columns.end()) {
      throw OptionError("types", "unknown column '" + name + "'");
    }
  }
  columns_ = make_columns(options.columns);
}

CsvColumns CsvParse::make_columns(std::vector<std::string> names) const {
  CsvColumns columns{std::move(names), {}};
  columns.types.resize(columns.names.size(), FieldType::text);
  for (const auto& [name, type] : options_.types) {
    const auto found = std::find(columns.names.begin(), columns.names.end(), name);
    if (found == columns.names.end()) {
      throw Error("csv", "'types' names the column '" + name + "', which the header does not have",
                  false);
    }
    columns.types[static_cast<std::size_t>(found - columns.names.begin())] = type;
  }
  return columns;
}

CsvColumns CsvParse::read_header(std::string_view header) const {
  header = without_line_end(header);
  if (header.starts_with("\xef\xbb\xbf")) header.remove_prefix(3);  // a byte order mark
  if (header.empty()) throw Error("csv", "no header: 'columns' can name the columns", false);
  std::vector<std::string> names;
  CsvSplitter splitter(header, delimiter_);
  for (std::string_view field; splitter.next(field);) {
    std::string& name = names.emplace_back(field);
    if (splitter.doubled()) name.resize(undouble_quotes(field, name.data()) - name.data());
  }
  if (!splitter.mistake().empty()) throw Error("csv", "header: " + splitter.mistake(), false);
  if (has_duplicate(names)) {
    throw Error("csv", "header: duplicate column '" + duplicate_of(names) + "'", false);
  }
  return make_columns(std::move(names));
}

const CsvColumns& CsvParse::columns_of(const Record& record, Scratch& scratch) const {
  if (!from_header_) return columns_;
  const std::uint32_t part = record.origin().part;
  if (scratch.current && scratch.part == part) return *scratch.current;
  const std::string& header = record.part().header;
  auto known = scratch.known.find(header);
  if (known == scratch.known.end()) {
    auto columns = std::make_unique<CsvColumns>(read_header(header));
    known = scratch.known.emplace(header, std::move(columns)).first;
  }
  scratch.part = part;
  scratch.current = known->second.get();
  return *scratch.current;
}

bool CsvParse::fill_fields(Record& record, const CsvColumns& columns) const {
  CsvSplitter splitter(record.text(), delimiter_);
  const std::size_t width = columns.names.size();
  record.clear_fields();
  record.reserve_fields(static_cast<std::uint32_t>(width));
  std::size_t count = 0;
  for (std::string_view field; splitter.next(field); ++count) {
    if (count >= width) continue;  // counted for the message
    if (splitter.doubled()) {
      char* made = record.allocate(field.size());
      char* end = undouble_quotes(field, made);
      record.trim(end);
      field = {made, static_cast<std::size_t>(end - made)};
    }
    Value value;
    if (!read_as(columns.types[count], field, value)) {
      record.fail("csv",
                  "column '" + columns.names[count] + "': expected " +
                      with_article(columns.types[count]) + ", got " + in_quotes(field),
                  false);
      return false;
    }
    record.append(FieldName::lasting(columns.names[count]), value);
  }
  if (!splitter.mistake().empty()) {
    record.fail("csv", splitter.mistake(), false);
    return false;
  }
  if (count < width && options_.ragged == Ragged::fill) {
    for (; count < width; ++count) record.append(FieldName::lasting(columns.names[count]), Value());
  }
  if (count == width) return true;
  record.fail("csv", "expected " + std::to_string(width) + " columns, got " + std::to_string(count),
              false);
  return false;
}

void CsvParse::process(Record& record, Call& call) const {
  const CsvColumns& columns = columns_of(record, call.scratch<Scratch>());
  // With one column, an empty text is a row whose field is empty.
  const bool blank = record.text().empty() && columns.names.size() > 1;
  if (blank && options_.on_blank == CsvBlank::drop) return record.drop_blank();
  fill_fields(record, columns);
}

}  // namespace weir::stages::csv
