#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::stages::file {

/// What stands at the front of some bytes.
struct Cut {
  enum class Kind : std::uint8_t {
    record,   ///< A record.
    nothing,  ///< Bytes that belong to none.
    error     ///< What should be a record, and is none.
  };

  std::size_t size = 0;  ///< The size of the record's text.
  std::size_t next = 0;  ///< The offset of the next record.
  Kind kind = Kind::record;
  std::uint8_t state = 0;  ///< For the framer that made the cut.
};

}  // namespace weir::stages::file
