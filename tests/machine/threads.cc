#include "tests/machine/threads.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

namespace weir {
namespace {

const std::filesystem::path kTasks = "/proc/self/task";

/// How often each of the others has gone to sleep, if all do.
std::optional<std::map<std::string, std::string>> sleeps_of_others() {
  std::map<std::string, std::string> sleeps;
  for (const auto& task : std::filesystem::directory_iterator(kTasks)) {
    const std::string name = task.path().filename().string();
    if (name == std::to_string(gettid())) continue;
    std::ifstream status(task.path() / "status");
    bool asleep = false;
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("State:")) asleep = line.find("S (sleeping)") != std::string::npos;
      if (line.starts_with("voluntary_ctxt_switches:")) sleeps[name] = line;
    }
    if (!asleep) return std::nullopt;
  }
  return sleeps;
}

}  // namespace

std::size_t threads_now() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(kTasks), {}));
}

bool others_sleep() {
  const auto before = sleeps_of_others();
  return before && before == sleeps_of_others();
}

}  // namespace weir
