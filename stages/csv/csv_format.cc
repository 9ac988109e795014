#include "stages/csv/csv_format.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "stages/csv/dialect.h"
#include "weir/detail/csv_dialect.h"
#include "weir/detail/field_finder.h"
#include "weir/in_quotes.h"

namespace weir::stages::csv {
namespace {

constexpr std::size_t kNumberSize = 32;
/// The room for a number in quotes, each of whose digits may be a quote that is doubled.
constexpr std::size_t kQuotedNumberSize = 2 * kNumberSize + 2;

std::uint64_t load(const char* at, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, size);
  return word;
}

/// Returns the high bit of each byte of `word` that equals `c` (Mycroft's test for a zero byte).
/// Bytes above such a byte may be marked, too.
std::uint64_t equal(std::uint64_t word, char c) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t differ = word ^ kOnes * static_cast<unsigned char>(c);
  return (differ - kOnes) & ~differ & kOnes * 0x80;
}

}  // namespace

CsvFormat::CsvFormat(const CsvFormatOptions& options)
    : columns_(options.columns),
      header_(options.header),
      quote_(detail::read_csv_quote(options.quote)),
      special_(quote_ == '\0' ? '\n' : quote_),
      delimiter_(detail::read_csv_delimiter(options.delimiter, quote_)),
      always_(options.quoting == Quoting::always) {
  if (columns_.empty()) throw OptionError("columns", "expected at least one column, got none");
  if (delimiter_ == '\0') {
    throw OptionError("delimiter", "expected one ASCII character, got 'auto'");
  }
  if (always_ && quote_ == '\0') {
    throw OptionError("quoting", "'quote: none' takes no 'quoting: always'");
  }
  if (quote_ == '\0' && header_) {
    for (const Field& column : columns_) {
      if (!needs_quotes(column.name())) continue;
      throw OptionError("columns", mistake(column.name(), column.name()));
    }
  }
  constexpr std::string_view kInNumbers = "+-.0123456789aefin";
  const auto in_numbers = [&](char c) { return kInNumbers.find(c) != std::string_view::npos; };
  plain_numbers_ = !always_ && !in_numbers(delimiter_) && !in_numbers(quote_);
}

Framing CsvFormat::framing(const CsvFormatOptions& options) {
  Framing framing;
  framing.unit = options.quote == "none" ? Framing::Unit::lines : Framing::Unit::csv;
  framing.header = options.header;
  if (options.delimiter.size() == 1) framing.delimiter = options.delimiter[0];
  if (options.quote.size() == 1) framing.quote = options.quote[0];
  return framing;
}

/// Returns whether `text` contains the delimiter, a quote or a line break, or is quoted anyway.
bool CsvFormat::needs_quotes(std::string_view text) const {
  const auto special = [this](std::uint64_t word) {
    return (equal(word, special_) | equal(word, delimiter_) | equal(word, '\n') |
            equal(word, '\r')) != 0;
  };
  const char* at = text.data();
  const std::size_t size = text.size();
  if (always_) return true;
  if (size < 8) {
    for (const char c : text) {
      if (c == special_ || c == delimiter_ || c == '\n' || c == '\r') return true;
    }
    return false;
  }
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    if (special(load(at + i, 8))) return true;
  }
  return special(load(at + size - 8, 8));
}

char* CsvFormat::write_text(std::string_view text, char* out) const {
  if (!needs_quotes(text)) {
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return out + text.size();
  }
  const char quote = quote_;  // a copy, since `out` might point to it
  *out++ = quote;
  for (const char c : text) {
    if (c == quote) *out++ = quote;
    *out++ = c;
  }
  *out++ = quote;
  return out;
}

char* CsvFormat::write_value(const Value& value, char* out) const {
  switch (value.type()) {
    case ValueType::null:
      return always_ ? write_text({}, out) : out;
    case ValueType::boolean:
      return write_text(value.as_bool() ? "true" : "false", out);
    case ValueType::integer:
      if (!plain_numbers_) return write_quoted(value, out);
      return std::to_chars(out, out + kNumberSize, value.as_integer()).ptr;
    case ValueType::real:
      if (value.has_bytes()) break;  // as it came
      if (!plain_numbers_) return write_quoted(value, out);
      return std::to_chars(out, out + kNumberSize, value.as_real()).ptr;
    default:
      break;
  }
  return write_text(value.as_text(), out);
}

/// Writes a number in which the delimiter or the quote may stand.
char* CsvFormat::write_quoted(const Value& value, char* out) const {
  char digits[kNumberSize];
  const char* const end = value.type() == ValueType::integer
                              ? std::to_chars(digits, digits + kNumberSize, value.as_integer()).ptr
                              : std::to_chars(digits, digits + kNumberSize, value.as_real()).ptr;
  return write_text({digits, static_cast<std::size_t>(end - digits)}, out);
}

/// Says that a value cannot be written without quotes.
std::string CsvFormat::mistake(std::string_view column, std::string_view text) {
  return "column '" + std::string(column) +
         "': expected text without delimiter and line break, since 'quote: none' quotes nothing, "
         "got " +
         in_quotes(text);
}

/// Makes the text from what `get` returns for each column. Only values that need quotes get the
/// room of the worst case.
template <class Get>
void CsvFormat::write(Record& record, std::vector<Value>& values, Get&& get) const {
  std::size_t size = columns_.size();
  values.clear();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Value value = values.emplace_back(get(i));
    if (!value.has_bytes()) {
      size += plain_numbers_ ? kNumberSize : kQuotedNumberSize;
      continue;
    }
    const std::string_view text = value.as_text();
    const bool quoted = needs_quotes(text);
    if (quoted && quote_ == '\0') throw Error("csv", mistake(columns_[i].name(), text), false);
    size += quoted ? 2 * text.size() + 2 : text.size();
  }
  char* begin = record.allocate(size);
  char* out = begin;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) *out++ = delimiter_;
    out = write_value(values[i], out);
  }
  // Writes quotes, if there are any, since an empty line would be no record.
  if (out == begin && columns_.size() == 1 && quote_ != '\0') {
    *out++ = quote_;
    *out++ = quote_;
  }
  record.trim(out);
  record.adopt_text({begin, static_cast<std::size_t>(out - begin)});
}

void CsvFormat::begin(Call& call) const {
  if (!header_) return;
  Record record = call.emit();
  std::vector<Value> values;
  write(record, values,
        [this](std::size_t i) { return Value(std::string_view(columns_[i].name())); });
}

void CsvFormat::process(Record& record, Call& call) const {
  detail::FieldFinder fields(record);
  write(record, call.scratch<Scratch>(), [&](std::size_t i) { return fields.get(columns_[i]); });
}

}  // namespace weir::stages::csv
