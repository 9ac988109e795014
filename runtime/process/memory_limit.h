#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Finds the number of bytes that `limits.memory: auto` means: what this process may really use. A
// container of 64 MiB on a host of 64 GiB kills a process that takes 256 MiB, without a message.

namespace weir::cli {

/// Returns the bytes that a cgroup's `memory.max`, `memory.high` (v2) or `memory.limit_in_bytes`
/// (v1) allows; nothing if there is no limit.
std::optional<std::uint64_t> memory_of_limit(std::string_view text);

/// Returns the smallest limit of this process's cgroups and all above them. `root` is "/" except in
/// tests.
std::optional<std::uint64_t> cgroup_memory(const std::string& root);

/// Returns the bytes for `auto` if the process may use `allowed` bytes: half of those that the
/// program itself leaves, at least 4 MiB and at most 256 MiB, in whole MiB.
std::uint64_t memory_within(std::optional<std::uint64_t> allowed);

/// Returns the bytes for `auto` in this process, from the smallest limit of its cgroups and the
/// machine.
std::uint64_t auto_memory();

}  // namespace weir::cli
