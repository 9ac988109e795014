#pragma once

#include <cstddef>

#include "weir/detail/arena.h"
#include "weir/detail/record_data.h"

namespace weir {

/// How much of an arena a copy takes, without the padding behind it: tables, then the bytes that
/// they refer to.
struct CopySize {
  std::size_t tables = 0;
  std::size_t bytes = 0;
  std::size_t all() const { return tables + (bytes + 7) / 8 * 8; }
};

CopySize copied_size(const detail::RecordData& from);

/// Copies a record of that size out of its batch: text, field names and values, error and metadata
/// go to `arena`, in one piece, and `to` refers to nothing outside it. Root, part, position and
/// state are kept. Not charged to the record. False if there is no memory for it; then nothing was
/// taken, and `to` is as it was.
[[nodiscard]] bool copy_out(const detail::RecordData& from, CopySize size, detail::Arena& arena,
                            detail::RecordData& to);

/// The same of a record that is such a copy itself, unchanged, and has no error or metadata.
[[nodiscard]] bool copy_piece(const detail::RecordData& from, CopySize size, detail::Arena& arena,
                              detail::RecordData& to);

}  // namespace weir
