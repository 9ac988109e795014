#pragma once

#include <string>

namespace weir::stages::csv {

/// The characters that have a meaning in a CSV text.
struct Dialect {
  char delimiter = ',';  ///< Between columns; NUL: each file's first row says it.
  char quote = '"';      ///< Around a field; NUL: nothing is quoted.
  bool lazy = false;     ///< True if a quote inside a field without quotes is data.
};

/// Returns the option `delimiter` as a character, NUL for `auto`; `quote` is that of the same
/// stage. Throws OptionError.
char delimiter_of(const std::string& text, char quote);
/// Returns the option `quote` as a character, NUL for `none`. Throws OptionError.
char quote_of(const std::string& text);

}  // namespace weir::stages::csv
