#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "weir/feed.h"

namespace weir::file {

/// How a file's bytes become records: what file.read's options come to.
struct Rules {
  enum class Unit : std::uint8_t { delimited, csv, file };

  Unit unit = Unit::delimited;
  std::string delimiter = "\n";
  bool cut_cr = true;          ///< A \r before the delimiter is no part of the text.
  bool header = false;         ///< csv: the first record of each file is its header.
  char separator = 0;          ///< csv: what stands between fields; 0: not known.
  std::size_t max_size = 0;    ///< Of a text; longer ones become errors.
  std::string max_size_shown;  ///< "max_line (64KiB)"

  /// Whether a record's end can be found from any place in the file.
  bool splittable() const {
    return unit == Unit::file || (unit == Unit::delimited && delimiter.size() == 1);
  }
};

/// How much of a record that is too long is kept as its text.
constexpr std::size_t kExcerpt = 1024;

/// Appends the error record of a text of `size` bytes that begins with `excerpt`. All or nothing
/// where memory runs out.
void append_too_long(Feed& feed, std::uint32_t part, std::uint64_t position,
                     std::string_view excerpt, std::uint64_t size, const Rules& rules);

}  // namespace weir::file
