#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace weir::cli {

/// Returns the 1-based number of the line that contains byte `offset` of the file at `path`.
/// Nothing unless that is a regular file as it was read: not compressed, not shorter, and with
/// `offset` in the range that can be counted while a user waits (1 GiB).
std::optional<std::uint64_t> line_number(const std::string& path, std::uint64_t offset);

}  // namespace weir::cli
