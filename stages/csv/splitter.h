#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "stages/csv/dialect.h"

namespace weir::stages::csv {

/// Splits one CSV record into its fields, one after the other. Source: RFC 4180, where a field in
/// quotes may hold delimiters, line breaks, and quotes written twice.
class CsvSplitter {
 public:
  CsvSplitter(std::string_view record, const Dialect& dialect)
      : text_(record),
        delimiter_(dialect.delimiter),
        quote_(dialect.quote),
        lazy_(dialect.lazy),
        has_quotes_(contains_quote(record)) {}

  /// Sets `field` to the next field, without its quotes. Returns false after the last field and
  /// after a mistake.
  bool next(std::string_view& field) {
    if (done_) return false;
    doubled_ = false;
    if (has_quotes_) return next_quoted(field);
    const char* begin = text_.data() + at_;
    const std::size_t left = text_.size() - at_;
    const void* found = left ? std::memchr(begin, delimiter_, left) : nullptr;
    const std::size_t size =
        found ? static_cast<std::size_t>(static_cast<const char*>(found) - begin) : left;
    field = {begin, size};
    at_ += size + 1;
    done_ = !found;
    return true;
  }

  /// True if the latest field has quotes written twice, which `undouble_quotes` makes single.
  bool doubled() const { return doubled_; }
  /// Returns what is wrong with the record ("... at byte 7"); empty if nothing is so far.
  const std::string& mistake() const { return mistake_; }

 private:
  bool contains_quote(std::string_view text) const {
    return quote_ != '\0' && !text.empty() &&
           std::memchr(text.data(), quote_, text.size()) != nullptr;
  }
  bool next_quoted(std::string_view& field);
  bool fail(const char* message, std::size_t offset);

  std::string_view text_;
  std::size_t at_ = 0;
  char delimiter_;
  char quote_;
  bool lazy_;
  bool has_quotes_;
  bool done_ = false;
  bool doubled_ = false;
  std::string mistake_;
};

/// Writes `field` with each doubled quote once, and returns the end. `out` must have room for all
/// of `field`.
char* undouble_quotes(std::string_view field, char quote, char* out);

}  // namespace weir::stages::csv
