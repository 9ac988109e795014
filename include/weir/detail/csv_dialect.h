#pragma once

#include <string>

#include "weir/error.h"
#include "weir/in_quotes.h"

namespace weir::detail {

inline char csv_character(const char* option, const std::string& text) {
  if (text.size() != 1 || (text[0] & 0x80)) {
    throw OptionError(option, "expected one ASCII character, got " + in_quotes(text));
  }
  if (text[0] == '\n' || text[0] == '\r' || text[0] == '\0') {
    throw OptionError(option, "expected another character than a line break or NUL");
  }
  return text[0];
}

/// Returns the option `quote` of a CSV text as a character, NUL for `none`. Throws OptionError.
inline char read_csv_quote(const std::string& text) {
  return text == "none" ? '\0' : csv_character("quote", text);
}

/// Returns the option `delimiter` as a character, NUL for `auto`; `quote` is that of the same
/// stage. Throws OptionError.
inline char read_csv_delimiter(const std::string& text, char quote) {
  if (text == "auto") return '\0';
  const char delimiter = text == "tab" ? '\t' : csv_character("delimiter", text);
  if (delimiter == quote) {
    throw OptionError("delimiter", "expected a 'delimiter' other than 'quote'");
  }
  return delimiter;
}

}  // namespace weir::detail
