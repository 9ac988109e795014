#include "stages/csv/splitter.h"

namespace weir::stages::csv {

bool CsvSplitter::next_quoted(std::string_view& field) {
  const std::string_view rest = text_.substr(at_);
  if (rest.starts_with(quote_)) {
    std::size_t quote = rest.find(quote_, 1);
    while (quote != std::string_view::npos && rest.substr(quote + 1).starts_with(quote_)) {
      doubled_ = true;
      quote = rest.find(quote_, quote + 2);
    }
    if (quote == std::string_view::npos) return fail("a quote that is not closed", at_);
    field = rest.substr(1, quote - 1);
    const std::size_t after = at_ + quote + 1;
    if (after < text_.size() && text_[after] != delimiter_) {
      return fail("expected a delimiter behind the closing quote", after);
    }
    at_ = after + 1;
    done_ = after >= text_.size();
    return true;
  }
  const std::size_t size = std::min(rest.find(delimiter_), rest.size());
  field = rest.substr(0, size);
  const std::size_t quote = lazy_ ? std::string_view::npos : field.find(quote_);
  if (quote != std::string_view::npos)
    return fail("a quote in a field without quotes", at_ + quote);
  at_ += size + 1;
  done_ = size == rest.size();
  return true;
}

bool CsvSplitter::fail(const char* message, std::size_t offset) {
  mistake_ = message + (" at byte " + std::to_string(offset));
  done_ = true;
  return false;
}

char* undouble_quotes(std::string_view field, char quote, char* out) {
  for (std::size_t i = 0; i < field.size(); ++i) {
    *out++ = field[i];
    if (field[i] == quote) ++i;
  }
  return out;
}

}  // namespace weir::stages::csv
