#pragma once

#include <string_view>

#include "stages/time/cursor.h"
#include "stages/time/parts.h"
#include "weir/value.h"

namespace weir::stages::time {

// The formats that have names are read by code of their own. Each function reads all of the text,
// and returns false if it is none.

bool read_syslog(std::string_view text, Parts& out);
bool read_common_log(std::string_view text, Parts& out);
/// RFC 2822, with the years and zones of RFC 822 that it calls obsolete.
bool read_rfc2822(std::string_view text, Parts& out);
/// A number, as a value or a text, of units of which a second has `scale`.
bool read_unix(const Value& value, std::int64_t scale, Instant& out);

/// Reads +0200, +02:00, +02 or Z.
bool read_offset(Cursor& cursor, Parts& parts);

}  // namespace weir::stages::time
