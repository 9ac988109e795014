#pragma once

#include <cstdint>
#include <string>

#include "graph/flow/report.h"

// Where a record came from and what it did, in the words of the report.

namespace weir {

/// "access.ndjson:17 (byte 4,123)", as exactly as can be said; "record 18" of a source whose parts
/// have no names.
std::string place(const std::string& part, std::uint64_t position);

/// "access.ndjson:17 (byte 4,123) held all others for 3.2 s in 'fetch', attempt 2, waiting to be
/// retried".
std::string hold_text(const HeadOfLine& head);

/// The same while it lasts, short, without a look into the file: "'fetch' holds for 3.2 s at
/// access.ndjson, byte 4,123, attempt 2".
std::string live_hold_text(const HeadOfLine& head);

}  // namespace weir
