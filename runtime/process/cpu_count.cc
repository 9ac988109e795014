#include "runtime/process/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "runtime/process/cgroup.h"
#include "runtime/process/joined_path.h"

namespace weir::cli {
namespace {

/// Returns the integer at the beginning of `text`, and removes it and one space.
std::optional<long long> leading_number(std::string_view& text) {
  long long number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return number;
}

void keep_smaller(std::optional<double>& least, std::optional<double> other) {
  if (other && (!least || *other < *least)) least = other;
}

int affinity_count() {
  for (std::size_t cpus = 1024; cpus <= 1u << 16; cpus *= 2) {
    cpu_set_t* set = CPU_ALLOC(cpus);
    const std::size_t size = CPU_ALLOC_SIZE(cpus);
    const int failed = sched_getaffinity(0, size, set);
    const int count = failed ? 0 : CPU_COUNT_S(size, set);
    CPU_FREE(set);
    if (!failed) return count;
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

std::optional<double> quota_of_cpu_max(std::string_view cpu_max) {
  const auto quota = leading_number(cpu_max);
  const auto period = leading_number(cpu_max);
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<double> quota_of_cfs(std::string_view quota_us, std::string_view period_us) {
  const auto quota = leading_number(quota_us);
  const auto period = leading_number(period_us);
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<double> cgroup_quota(const std::string& root) {
  std::optional<double> least;
  for_each_cgroup(root, "", [&](const std::string& folder) {
    keep_smaller(least, quota_of_cpu_max(file_text(joined_path(folder, "cpu.max"))));
  });
  for_each_cgroup(root, "cpu", [&](const std::string& folder) {
    keep_smaller(least, quota_of_cfs(file_text(joined_path(folder, "cpu.cfs_quota_us")),
                                     file_text(joined_path(folder, "cpu.cfs_period_us"))));
  });
  return least;
}

int allowed_cpus(int affinity, std::optional<double> quota) {
  int cpus = std::max(affinity, 1);
  // Rounded down, since with a quota of 1.5 a second thread would be stopped half of the time, and
  // with it all that waits in order for its batch.
  if (quota && *quota < cpus) cpus = std::max(static_cast<int>(*quota), 1);
  return cpus;
}

int cpu_count() { return allowed_cpus(affinity_count(), cgroup_quota("/")); }

}  // namespace weir::cli
