#include "runtime/process/memory_limit.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "graph/compile/keys/pipeline_spec.h"
#include "runtime/process/cgroup.h"
#include "runtime/process/joined_path.h"

namespace weir::cli {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
/// Code, stacks and whatever stages allocate outside of the ledger.
constexpr std::uint64_t kProgram = 32 * kMiB;
/// cgroup version 1 writes "no limit" as the largest number of whole pages.
constexpr std::uint64_t kNoLimit = 1ull << 62;

std::optional<std::uint64_t> machine_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long size = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || size <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size);
}

void keep_smaller(std::optional<std::uint64_t>& least, std::optional<std::uint64_t> other) {
  if (other && (!least || *other < *least)) least = other;
}

/// Returns the number in the line "NAME NUMBER" of a `memory.stat`.
std::optional<std::uint64_t> line_of(std::string_view stat, std::string_view name) {
  while (!stat.empty()) {
    const std::string_view line = stat.substr(0, stat.find('\n'));
    stat.remove_prefix(std::min(line.size() + 1, stat.size()));
    if (line.starts_with(name) && line.substr(name.size()).starts_with(' ')) {
      return memory_of_limit(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> memory_of_limit(std::string_view text) {
  std::uint64_t bytes = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (code != std::errc() || bytes >= kNoLimit) return std::nullopt;
  return bytes;
}

std::optional<std::uint64_t> cgroup_memory(const std::string& root) {
  std::optional<std::uint64_t> least;
  for_each_cgroup(root, "", [&](const std::string& folder) {
    keep_smaller(least, memory_of_limit(file_text(joined_path(folder, "memory.max"))));
    // The kernel slows down a process beyond this limit until it is useless.
    keep_smaller(least, memory_of_limit(file_text(joined_path(folder, "memory.high"))));
  });
  for_each_cgroup(root, "memory", [&](const std::string& folder) {
    keep_smaller(least, memory_of_limit(file_text(joined_path(folder, "memory.limit_in_bytes"))));
    // This includes the limits above that a container cannot see.
    keep_smaller(
        least, line_of(file_text(joined_path(folder, "memory.stat")), "hierarchical_memory_limit"));
  });
  return least;
}

std::uint64_t memory_within(std::optional<std::uint64_t> allowed) {
  const std::uint64_t most = compile::Limits().memory;
  if (!allowed) return most;
  const std::uint64_t left = *allowed > kProgram ? *allowed - kProgram : 0;
  return std::clamp(left / 2 / kMiB * kMiB, compile::MemorySize::kLeast, most);
}

std::uint64_t auto_memory() {
  std::optional<std::uint64_t> allowed = cgroup_memory("/");
  keep_smaller(allowed, machine_memory());
  return memory_within(allowed);
}

}  // namespace weir::cli
