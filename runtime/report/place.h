#pragma once

#include <cstdint>
#include <string>

#include "graph/flow/api/report.h"
#include "graph/text/mask.h"

// Describes where a record came from and what it was doing, in the words of the report, safe to
// show.

namespace weir::cli {

/// Returns the most exact place that is known: "access.ndjson:17 (byte 4,123)", or "record 18" if
/// the parts of the source have no names.
/// `line` is the record's, if it was counted; a file that was renamed meanwhile cannot be asked.
std::string place(const std::string& part, std::uint64_t position, const text::Mask& mask = {},
                  std::uint64_t line = 0);

/// Returns "access.ndjson:17 (byte 4,123) held all others for 3.2 s in 'fetch', attempt 2, waiting
/// to be retried".
std::string hold_text(const flow::HeadOfLine& head, const text::Mask& mask = {});

/// Returns a shorter text while the hold lasts, without reading the file: "'fetch' holds for 3.2 s
/// at access.ndjson, byte 4,123, attempt 2".
std::string live_hold_text(const flow::HeadOfLine& head, const text::Mask& mask = {});

}  // namespace weir::cli
