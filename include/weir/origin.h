#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace weir {

/// Where a record entered: given once, it identifies the record for ever. `part` counts what a
/// source reads one after the other (files; 0 for a source without parts); `position` is the
/// source's own inside the part (a byte offset in a file, a count) and grows in its order. Origins
/// of one source compare in input order.
struct Origin {
  std::uint32_t source = 0;
  std::uint32_t part = 0;
  std::uint64_t position = 0;

  friend auto operator<=>(const Origin&, const Origin&) = default;
};

/// What a source says once about each part before the part's first record.
struct Part {
  std::string name;    ///< A file's path; what messages and `record.path` show.
  std::string header;  ///< The header line that the source took off, if it was asked to.
};

}  // namespace weir
