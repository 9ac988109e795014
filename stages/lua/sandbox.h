#pragma once

namespace weir::lua {

/// Lua that gets the chunk, the helpers and the record's functions, and returns a function that
/// runs the chunk once, in an environment of its own.
extern const char* const kSandbox;

}  // namespace weir::lua
