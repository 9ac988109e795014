#pragma once

namespace weir::stages::lua {

/// Lua source that gets the chunk, the helpers and the record's functions. It returns a function
/// that runs the chunk once, in an environment of its own.
extern const char* const kSandbox;

}  // namespace weir::stages::lua
