#pragma once

#include <cstddef>

#include "weir/detail/arena.h"
#include "weir/detail/record_data.h"

namespace weir::flow {

/// The size of a copy in an arena, without the padding behind it: tables, then the bytes that they
/// refer to.
struct CopySize {
  std::size_t tables = 0;
  std::size_t bytes = 0;
  std::size_t all() const { return tables + (bytes + 7) / 8 * 8; }
};

CopySize copied_size(const detail::RecordData& from);

/// Copies a record, whose `copied_size` is `size`, out of its batch. Text, field names and values,
/// error and metadata go to `arena` in one piece, and `to` refers to nothing outside it. Root,
/// part, position and state are kept. The copy is not charged to the record. Returns false if there
/// is no memory for it; then nothing was taken, and `to` is unchanged.
[[nodiscard]] bool copy_out(const detail::RecordData& from, CopySize size, detail::Arena& arena,
                            detail::RecordData& to);

/// Does the same for a record that is itself such a copy, unchanged, and has no error or metadata.
[[nodiscard]] bool copy_piece(const detail::RecordData& from, CopySize size, detail::Arena& arena,
                              detail::RecordData& to);

}  // namespace weir::flow
