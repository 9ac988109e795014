#include "stages/csv/csv_format.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "stages/csv/csv_parse.h"
#include "weir/detail/field_finder.h"

namespace weir::stages::csv {
namespace {

constexpr std::size_t kNumberSize = 32;

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
      delimiter_(csv_delimiter(options.delimiter)) {
  if (columns_.empty()) throw OptionError("columns", "expected at least one column, got none");
}

/// Returns whether `text` contains the delimiter, a quote or a line break.
bool CsvFormat::needs_quotes(std::string_view text) const {
  const auto special = [this](std::uint64_t word) {
    return (equal(word, '"') | equal(word, delimiter_) | equal(word, '\n') | equal(word, '\r')) !=
           0;
  };
  const char* at = text.data();
  const std::size_t size = text.size();
  if (size < 8) {
    for (const char c : text) {
      if (c == '"' || c == delimiter_ || c == '\n' || c == '\r') return true;
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
  *out++ = '"';
  for (const char c : text) {
    if (c == '"') *out++ = '"';
    *out++ = c;
  }
  *out++ = '"';
  return out;
}

char* CsvFormat::write_value(const Value& value, char* out) const {
  switch (value.type()) {
    case ValueType::null:
      return out;
    case ValueType::boolean:
      return write_text(value.as_bool() ? "true" : "false", out);
    case ValueType::integer:
      return std::to_chars(out, out + kNumberSize, value.as_integer()).ptr;
    case ValueType::real:
      if (value.has_bytes()) break;  // as it came
      return std::to_chars(out, out + kNumberSize, value.as_real()).ptr;
    default:
      break;
  }
  return write_text(value.as_text(), out);
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
      size += kNumberSize;
      continue;
    }
    const std::string_view text = value.as_text();
    size += needs_quotes(text) ? 2 * text.size() + 2 : text.size();
  }
  char* begin = record.allocate(size);
  char* out = begin;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) *out++ = delimiter_;
    out = write_value(values[i], out);
  }
  // Writes quotes, since an empty line would be no record.
  if (out == begin && columns_.size() == 1) {
    *out++ = '"';
    *out++ = '"';
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
