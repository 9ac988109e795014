#pragma once

#include <string>
#include <vector>

namespace weir::stages::file {

/// Returns the paths that match a shell's pattern, sorted. `*`, `?` and `[...]` match within a
/// name. A `**` that is a whole part of the path matches any directories, also none, and below it
/// no links are followed. Names that begin with a dot match only a dot. Throws Error "io" for a
/// directory that cannot be listed.
std::vector<std::string> expand_glob(const std::string& pattern);

}  // namespace weir::stages::file
