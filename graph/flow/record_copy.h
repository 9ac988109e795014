#pragma once

#include <cstddef>

#include "weir/detail/arena.h"
#include "weir/detail/record_data.h"

namespace weir {

/// How much of an arena `copy_out` takes, without the padding behind it.
std::size_t copied_size(const detail::RecordData& from);

/// Copies a record out of its batch: text, field names and values, error and metadata go to
/// `arena`, and `to` refers to nothing outside it. Root, part, position and state are kept. Not
/// charged to the record. False if there is no memory for it; then nothing was taken, and `to` is
/// as it was.
[[nodiscard]] bool copy_out(const detail::RecordData& from, detail::Arena& arena,
                            detail::RecordData& to);

}  // namespace weir
