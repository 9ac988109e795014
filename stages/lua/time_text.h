#pragma once

#include <string_view>

namespace weir::lua {

/// Reads an ISO 8601 time: `2026-01-31`, `2026-01-31T23:59:59.5Z`, `2026-01-31 23:59+02:00`; UTC
/// where it names no zone. Seconds since 1970 are then in `seconds`.
bool read_time(std::string_view text, double& seconds);

}  // namespace weir::lua
