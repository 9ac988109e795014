#pragma once

#include <string>
#include <string_view>

namespace weir::stages::lua {

/// Returns a UUID of version 4: random.
std::string random_uuid();
/// Returns the UUID of version 5 of a text in the namespace of the nil UUID. (RFC 4122.)
std::string uuid_of(std::string_view text);

}  // namespace weir::stages::lua
