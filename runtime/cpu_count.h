#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

// How many threads `auto` means: what this process may really use, not what the host has. A
// container with a quota of two CPUs on a host of 64 gets two threads; 64 would be throttled.

namespace weir {

/// CPUs that a cgroup v2 `cpu.max` ("150000 100000", "max 100000") allows; nothing: no limit.
std::optional<double> quota_of_cpu_max(std::string_view cpu_max);

/// The same for the two files of a cgroup v1 (`cpu.cfs_quota_us`, `cpu.cfs_period_us`).
std::optional<double> quota_of_cfs(std::string_view quota_us, std::string_view period_us);

/// The path of a process's cgroup in a `/proc/self/cgroup`: of the v1 hierarchy of `controller`,
/// or of v2 for an empty one. Nothing if there is none.
std::optional<std::string> cgroup_path(std::string_view proc_self_cgroup,
                                       std::string_view controller);

/// The smallest quota of this process's cgroups and all above them; `root` is "/" but in tests.
std::optional<double> cgroup_quota(const std::filesystem::path& root);

/// What affinity and quota allow together: a quota is rounded down, at least 1.
int allowed_cpus(int affinity, std::optional<double> quota);

/// The same for this process.
int cpu_count();

}  // namespace weir
