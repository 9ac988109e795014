#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace weir {

/// The entry point of a record, which identifies it for ever. `part` counts what a source reads one
/// after the other (files; 0 for a source without parts). `position` is assigned by the source
/// inside the part (a byte offset in a file, a count) and grows in its order. Origins of one source
/// compare in input order.
struct Origin {
  std::uint32_t source = 0;
  std::uint32_t part = 0;
  std::uint64_t position = 0;

  friend auto operator<=>(const Origin&, const Origin&) = default;
};

/// The description of a part, which a source gives once, before the part's first record.
struct Part {
  std::string name;    ///< A file's path; shown by messages and `record.path`.
  std::string header;  ///< The header line, if the source was asked to take it off.
  /// csv: the character between fields, if the source was asked to find it in a part without a
  /// header line (Framing::find_delimiter); else 0.
  char delimiter = 0;
};

}  // namespace weir
