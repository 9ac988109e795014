#pragma once

namespace weir::stages::csv {

/// The characters that have a meaning in a CSV text.
struct Dialect {
  char delimiter = ',';  ///< Between columns; NUL: each file's first row says it.
  char quote = '"';      ///< Around a field; NUL: nothing is quoted.
  bool lazy = false;     ///< True if a quote inside a field without quotes is data.
};

}  // namespace weir::stages::csv
