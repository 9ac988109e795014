#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

// Reads the control groups of this process, version 1 and 2: they bound what it may use, whatever
// the host has.

namespace weir::cli {

/// Returns a file's text; empty if it cannot be read.
std::string file_text(const std::string& path);

/// Returns the path of a process's cgroup from the text of `/proc/self/cgroup`: in the v1 hierarchy
/// of `controller`, or in v2 if that is empty. Nothing if there is none.
std::optional<std::string> cgroup_path(std::string_view proc_self_cgroup,
                                       std::string_view controller);

/// Calls `body` with the folder of this process's cgroup in the v1 hierarchy of `controller`, or in
/// v2 if that is empty, then with each folder above it. `root` is "/" except in tests.
void for_each_cgroup(const std::string& root, std::string_view controller,
                     const std::function<void(const std::string& folder)>& body);

}  // namespace weir::cli
