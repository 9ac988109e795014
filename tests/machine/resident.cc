#include "tests/machine/resident.h"

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "tests/machine/skip.h"

namespace weir {
namespace {

/// A line of /proc/self/status, in bytes.
std::uint64_t status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::stoull(line.substr(name.size())) * 1024;
  }
  return 0;
}

/// The highest mark is what is there now.
bool reset_mark() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;
  return file.good();
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace

ResidentPeak::ResidentPeak() {
  malloc_trim(0);
  known_ = reset_mark();
  before_ = status_bytes("VmRSS:");
}

std::optional<std::uint64_t> ResidentPeak::above() const {
  if (kSanitized) return std::nullopt;
  if (known_) return std::max(status_bytes("VmHWM:"), before_) - before_;
  say_skipped("the kernel does not say how far the resident set has risen");
  return std::nullopt;
}

}  // namespace weir
