#include "stages/csv/csv_parse.h"

#include <utility>

#include "stages/csv/splitter.h"
#include "weir/detail/csv_delimiter.h"
#include "weir/detail/csv_dialect.h"
#include "weir/in_quotes.h"

namespace weir::stages::csv {
namespace {

constexpr std::size_t kLongestComment = 16;

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Dialect dialect_of(const CsvParseOptions& options) {
  Dialect dialect;
  dialect.quote = detail::read_csv_quote(options.quote);
  dialect.delimiter = detail::read_csv_delimiter(options.delimiter, dialect.quote);
  dialect.lazy = options.lazy;
  return dialect;
}

}  // namespace

CsvParse::CsvParse(const CsvParseOptions& options)
    : place_(options),
      dialect_(dialect_of(options)),
      types_(options.types),
      comment_(options.comment.value_or("")),
      fill_(options.ragged == Ragged::fill || options.ragged == Ragged::fit),
      cut_(options.ragged == Ragged::cut || options.ragged == Ragged::fit),
      duplicates_(options.duplicates),
      drop_blank_(options.on_blank == CsvBlank::drop),
      from_text_(options.field.empty()),
      from_header_(options.columns.empty()),
      by_part_(from_header_ || (dialect_.delimiter == '\0' && place_.field().empty())) {
  check(options);
  if (from_header_) return;
  std::vector<std::string> names = options.columns;
  std::string duplicate;
  if (duplicates_ == Duplicates::rename) rename_duplicates(names);
  if (has_duplicate(names, duplicate)) {
    throw OptionError("columns", "duplicate column '" + duplicate + "'");
  }
  const std::string unknown = unknown_column(names, types_);
  if (!unknown.empty()) throw OptionError("types", "unknown column '" + unknown + "'");
  columns_ = make_columns(std::move(names), place_.prefix(), types_);
}

void CsvParse::check(const CsvParseOptions& options) const {
  if (dialect_.lazy && dialect_.quote == '\0') {
    throw OptionError("lazy", "'quote: none' takes no 'lazy'");
  }
  if (options.comment && (comment_.empty() || comment_.size() > kLongestComment)) {
    throw OptionError("comment", "expected 1 to 16 bytes, got " + std::to_string(comment_.size()));
  }
  if (comment_.find_first_of("\r\n") != std::string::npos) {
    throw OptionError("comment", "expected text on one line, got " + in_quotes(comment_));
  }
  if (!place_.field().empty()) {
    if (options.header.value_or(false)) {
      throw OptionError("header", "'field' takes no 'header: true'");
    }
    if (from_header_) throw OptionError("field", "'field' needs 'columns'");
  } else if (from_header_ && !options.has_header()) {
    throw OptionError("header", "expected 'columns' beside 'header: false'");
  }
}

Framing CsvParse::framing(const CsvParseOptions& options) {
  Framing framing;
  if (!options.field.empty()) return framing;
  framing.unit = Framing::Unit::csv;
  framing.header = options.has_header();
  // Options that are wrong are told by the constructor.
  if (options.delimiter.size() == 1) framing.delimiter = options.delimiter[0];
  if (options.delimiter == "tab") framing.delimiter = '\t';
  framing.find_delimiter = options.delimiter == "auto";
  framing.quote = options.quote.size() == 1 ? options.quote[0] : '\0';
  framing.comment = options.comment.value_or("");
  return framing;
}

Columns CsvParse::read_header(std::string_view header, const Dialect& dialect) const {
  std::vector<std::string> names;
  CsvSplitter splitter(header, dialect);
  for (std::string_view field; splitter.next(field);) {
    std::string& name = names.emplace_back(field);
    if (splitter.doubled()) {
      name.resize(static_cast<std::size_t>(undouble_quotes(field, dialect.quote, name.data()) -
                                           name.data()));
    }
  }
  if (!splitter.mistake().empty()) throw Error("csv", "header: " + splitter.mistake(), false);
  std::string duplicate;
  if (duplicates_ == Duplicates::rename) rename_duplicates(names);
  if (has_duplicate(names, duplicate)) {
    throw Error("csv", "header: duplicate column '" + duplicate + "'", false);
  }
  const std::string unknown = unknown_column(names, types_);
  if (!unknown.empty()) {
    throw Error("csv", "'types' names the column '" + unknown + "', which the header does not have",
                false);
  }
  return make_columns(std::move(names), place_.prefix(), types_);
}

/// Finds out about the record's part, unless it is that of the record before.
void CsvParse::look_up(const Record& record, Scratch& scratch) const {
  const std::uint32_t number = record.origin().part;
  if (scratch.current && scratch.part == number) return;
  const Part& part = record.part();
  std::string_view header = without_line_end(part.header);
  if (header.starts_with("\xef\xbb\xbf")) header.remove_prefix(3);  // a byte order mark
  Dialect dialect = dialect_;
  if (dialect.delimiter == '\0') {
    dialect.delimiter =
        header.empty() ? part.delimiter : detail::csv_delimiter_of(header, dialect.quote);
  }
  const Columns* columns = &columns_;
  if (from_header_) {
    if (header.empty()) throw Error("csv", "no header: 'columns' can name the columns", false);
    auto known = scratch.known.find(part.header);
    if (known == scratch.known.end()) {
      auto made = std::make_unique<Columns>(read_header(header, dialect));
      known = scratch.known.emplace(part.header, std::move(made)).first;
    }
    columns = known->second.get();
  }
  scratch.part = number;
  scratch.current = columns;
  scratch.delimiter = dialect.delimiter;
}

/// Puts the row into `result`, or, without one, into a record that has no fields. Returns false
/// after a mistake. Rejected: a template for both, which no compiler inlines as well.
bool CsvParse::parse(Record& record, std::string_view text, const Dialect& dialect,
                     const Columns& columns, ResultWriter* result) const {
  CsvSplitter splitter(text, dialect);
  const std::size_t width = columns.size();
  std::size_t count = 0;
  for (std::string_view field; splitter.next(field); ++count) {
    if (count >= width) continue;  // counted for the message
    if (splitter.doubled()) {
      char* made = record.allocate(field.size());
      char* end = undouble_quotes(field, dialect.quote, made);
      record.trim(end);
      field = {made, static_cast<std::size_t>(end - made)};
    }
    Value value(field);
    const FieldType type = columns.types[count];
    if (type != FieldType::text && !read_as(type, field, value)) {
      fail(record, "column '" + columns.names[count] + "': " + mistyped(type, field));
      return false;
    }
    if (result) {
      result->put(columns.fields[count], value);
    } else {
      record.append(FieldName::lasting(columns.fields[count]), value);
    }
  }
  if (!splitter.mistake().empty()) {
    fail(record, splitter.mistake());
    return false;
  }
  if (count == width) return true;
  if (!check_width(record, count, width)) return false;
  for (; count < width; ++count) {
    if (result) {
      result->put(columns.fields[count], Value());
    } else {
      record.append(FieldName::lasting(columns.fields[count]), Value());
    }
  }
  return true;
}

bool CsvParse::check_width(Record& record, std::size_t count, std::size_t width) const {
  if (count == width || (count < width && fill_) || (count > width && cut_)) return true;
  fail(record, "expected " + std::to_string(width) + " columns, got " + std::to_string(count));
  return false;
}

void CsvParse::fail(Record& record, std::string message) const {
  if (!place_.field().empty()) message = "field '" + place_.field().name() + "': " + message;
  record.fail("csv", message, false);
}

void CsvParse::process(Record& record, Call& call) const {
  auto& scratch = call.scratch<Scratch>();
  std::string_view text;
  if (from_text_) {
    text = record.text();
  } else if (!place_.read(record, text, "csv")) {
    return;
  }
  if (by_part_) look_up(record, scratch);
  const Columns& columns = from_header_ ? *scratch.current : columns_;
  // With one column, an empty text is a row whose field is empty.
  if (text.empty() && columns.size() > 1) {
    if (!place_.field().empty()) {
      return place_.miss(record, "csv",
                         "expected a row in '" + place_.field().name() + "', got empty text");
    }
    if (drop_blank_) return record.drop_blank();
  }
  if (!comment_.empty() && text.starts_with(comment_)) return record.drop();
  Dialect dialect = dialect_;
  if (dialect.delimiter == '\0') dialect.delimiter = scratch.delimiter;
  if (dialect.delimiter == '\0') {
    dialect.delimiter = detail::csv_delimiter_of(text, dialect.quote);
  }
  if (record.field_count() == 0 && !place_.whole()) {
    record.reserve_fields(static_cast<std::uint32_t>(columns.size()));
    parse(record, text, dialect, columns, nullptr);
    return;
  }
  scratch.result.begin(place_, record);
  if (parse(record, text, dialect, columns, &scratch.result)) scratch.result.end();
}

}  // namespace weir::stages::csv
