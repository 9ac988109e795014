#include "runtime/process/cgroup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "runtime/process/joined_path.h"

namespace weir::cli {

std::string file_text(const std::string& path) {
  std::string text;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return text;
  char bytes[4096];
  for (;;) {
    const ssize_t got = ::read(fd, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) text.clear();
    if (got <= 0) break;
    text.append(bytes, static_cast<std::size_t>(got));
  }
  ::close(fd);
  return text;
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

void for_each_cgroup(const std::string& root, std::string_view controller,
                     const std::function<void(const std::string&)>& body) {
  const auto path = cgroup_path(file_text(joined_path(root, "proc/self/cgroup")), controller);
  if (!path) return;
  const std::string cgroups = joined_path(root, "sys/fs/cgroup");
  std::vector<std::string> mounts{cgroups};
  if (controller == "cpu") {
    mounts = {joined_path(cgroups, "cpu"), joined_path(cgroups, "cpu,cpuacct")};
  } else if (!controller.empty()) {
    mounts = {joined_path(cgroups, controller)};
  }
  for (const std::string& mount : mounts) {
    std::string_view level = *path;
    for (;;) {
      while (level.starts_with('/')) level.remove_prefix(1);
      while (level.ends_with('/')) level.remove_suffix(1);
      body(level.empty() ? mount : joined_path(mount, level));
      if (level.empty()) break;
      const std::size_t slash = level.rfind('/');
      level = level.substr(0, slash == level.npos ? 0 : slash);
    }
  }
}

}  // namespace weir::cli
