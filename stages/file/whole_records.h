#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "stages/file/codec.h"
#include "stages/file/fd.h"

namespace weir::stages::file {

/// The format of a file that a sink writes.
struct Ending {
  std::string delimiter = "\n";
  bool csv = false;  ///< True if records are rows: a line break in quotes ends none.
  Codec codec = Codec::none;
  std::size_t longest = 0;  ///< The largest size of a record.
  std::size_t window = 0;   ///< The bytes that a decoder may hold.
  char separator = 0;       ///< csv: the byte between fields; 0 if it is not known.
  char quote = '"';         ///< csv: the byte around fields.
};

/// Returns how many of the file's bytes are whole records (or, compressed, whole members): all,
/// unless its writer was killed. Throws Error "io" if the file does not have that format.
std::uint64_t whole_size(const Fd& fd, std::uint64_t size, const Ending& ending,
                         const std::string& path);

}  // namespace weir::stages::file
