#include "runtime/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

namespace weir {
namespace {

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The integer that `text` begins with, and the rest behind one space.
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

/// Calls `body` with the directory of the cgroup `path` under `mount`, then with those above it.
template <class Body>
void for_each_level(const std::filesystem::path& mount, const std::string& path, Body body) {
  std::filesystem::path level = std::filesystem::path(path).relative_path();
  for (;;) {
    body(mount / level);
    if (level.empty()) return;
    level = level.parent_path();
  }
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

std::optional<std::string> cgroup_path(std::string_view text, std::string_view controller) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find(':');
    if (first == line.npos) continue;
    const std::size_t second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string list = "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    const std::string wanted = "," + std::string(controller) + ",";
    if (controller.empty() ? list == ",," : list.find(wanted) != list.npos) {
      return std::string(line.substr(second + 1));
    }
  }
  return std::nullopt;
}

std::optional<double> cgroup_quota(const std::filesystem::path& root) {
  const std::string groups = file_text(root / "proc/self/cgroup");
  const std::filesystem::path mount = root / "sys/fs/cgroup";
  std::optional<double> least;
  if (const auto path = cgroup_path(groups, "")) {
    for_each_level(mount, *path, [&](const std::filesystem::path& level) {
      keep_smaller(least, quota_of_cpu_max(file_text(level / "cpu.max")));
    });
  }
  if (const auto path = cgroup_path(groups, "cpu")) {
    for (const char* hierarchy : {"cpu", "cpu,cpuacct"}) {
      for_each_level(mount / hierarchy, *path, [&](const std::filesystem::path& level) {
        keep_smaller(least, quota_of_cfs(file_text(level / "cpu.cfs_quota_us"),
                                         file_text(level / "cpu.cfs_period_us")));
      });
    }
  }
  return least;
}

int allowed_cpus(int affinity, std::optional<double> quota) {
  int cpus = std::max(affinity, 1);
  // Rounded down: with a quota of 1.5, a second thread would be stopped half of the time, and
  // what waits in order behind it as well.
  if (quota && *quota < cpus) cpus = std::max(static_cast<int>(*quota), 1);
  return cpus;
}

int cpu_count() { return allowed_cpus(affinity_count(), cgroup_quota("/")); }

}  // namespace weir
