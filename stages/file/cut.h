#pragma once

#include <cstddef>

namespace weir::stages::file {

/// A record at the front of some bytes.
struct Cut {
  std::size_t size = 0;  ///< The size of its text.
  std::size_t next = 0;  ///< The offset of the next record.
};

}  // namespace weir::stages::file
