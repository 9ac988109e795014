#pragma once

// The C++ programs that the benches measure are called `program MODE --name value ...` and print
// one line, `seconds items checksum peak_rss_kib`, unless a sink prints its own (Latency).

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace bench {

/// The command line of a program.
class Arguments {
 public:
  Arguments(int argc, char** argv) : argc_(argc), argv_(argv) {}

  std::string mode() const { return argc_ > 1 ? argv_[1] : ""; }
  std::string text(const char* name, const char* otherwise) const {
    for (int i = 2; i + 1 < argc_; i += 2) {
      if (std::strcmp(argv_[i], name) == 0) return argv_[i + 1];
    }
    return otherwise;
  }
  std::uint64_t number(const char* name, std::uint64_t otherwise) const {
    const std::string value = text(name, "");
    return value.empty() ? otherwise : std::strtoull(value.c_str(), nullptr, 10);
  }

 private:
  int argc_;
  char** argv_;
};

/// Returns the largest resident set that this process ever had, in KiB.
inline std::uint64_t peak_rss() {
  std::uint64_t peak = 0;
  if (std::FILE* status = std::fopen("/proc/self/status", "r")) {
    char line[256];
    while (std::fgets(line, sizeof line, status)) {
      if (std::strncmp(line, "VmHWM:", 6) == 0) peak = std::strtoull(line + 6, nullptr, 10);
    }
    std::fclose(status);
  }
  return peak;
}

/// Measures the time since its construction.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

inline void print_result(double seconds, std::uint64_t items, std::uint64_t checksum) {
  std::printf("%.6f %llu %016llx %llu\n", seconds, static_cast<unsigned long long>(items),
              static_cast<unsigned long long>(checksum),
              static_cast<unsigned long long>(peak_rss()));
}

}  // namespace bench
