#pragma once

#include <cstddef>

#include "weir/detail/arena.h"
#include "weir/detail/record_data.h"

namespace weir::flow {

/// Sets on `record`, which carries its error, the fields that `error` tells (`Record::tell`). The
/// record gets a new table in `arena`; names and bytes stay where they are. If all of its fields
/// together would exceed `limit`, the record keeps those that it has. Throws OutOfMemory; then the
/// record is unchanged.
void add_told_fields(detail::RecordData& record, const detail::Extra& error, detail::Arena& arena,
                     std::size_t limit);

}  // namespace weir::flow
