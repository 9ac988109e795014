#pragma once

#include <optional>
#include <string_view>

// Finds the number of threads that `auto` means: the CPUs that this process may use, not those of
// the host. A container with a quota of two CPUs on a host of 64 gets two threads; 64 would be
// throttled.

namespace weir::cli {

/// Returns the CPUs that a cgroup v2 `cpu.max` ("150000 100000", "max 100000") allows; nothing if
/// there is no limit.
std::optional<double> quota_of_cpu_max(std::string_view cpu_max);

/// Returns the same from the two files of a cgroup v1 (`cpu.cfs_quota_us`, `cpu.cfs_period_us`).
std::optional<double> quota_of_cfs(std::string_view quota_us, std::string_view period_us);

/// Returns the smallest quota of this process's cgroups and all above them. `root` is "/" except in
/// tests.
std::optional<double> cgroup_quota(const std::string& root);

/// Returns the CPUs that affinity and quota allow together; a quota is rounded down, to at least 1.
int allowed_cpus(int affinity, std::optional<double> quota);

/// Returns the CPUs that this process may use.
int cpu_count();

}  // namespace weir::cli
