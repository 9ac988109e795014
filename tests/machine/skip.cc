// Listeners outside of Catch2 2's own main file.
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include "tests/machine/skip.h"
#include "tests/machine/checkout.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace weir {
namespace {

struct Skipped {
  std::string running;  ///< The test case that runs.
  std::vector<std::string> lines;
};

Skipped& skipped() {
  static Skipped all;
  return all;
}

void say(const std::string& line) { std::fprintf(stderr, "SKIPPED: %s\n", line.c_str()); }

/// Knows which test case runs, and names those that were skipped again below all else.
class SkipList final : public Catch::TestEventListenerBase {
 public:
  using Base = Catch::TestEventListenerBase;
  using Base::Base;
  void testCaseStarting(const Catch::TestCaseInfo& info) override {
    Base::testCaseStarting(info);
    skipped().running = info.name;
  }
  void testRunEnded(const Catch::TestRunStats& stats) override {
    Base::testRunEnded(stats);
    for (const std::string& line : skipped().lines) say(line);
  }
};

CATCH_REGISTER_LISTENER(SkipList)

}  // namespace

void say_skipped(const std::string& why) {
  skipped().lines.push_back(skipped().running + ": " + why);
  say(skipped().lines.back());
}

std::optional<std::filesystem::path> real_log(const std::string& name) {
  const char* const given = std::getenv("WEIR_DATA");
  const std::filesystem::path folder =
      given ? given : std::filesystem::path(source_dir()) / "../shared/data";
  if (std::filesystem::exists(folder / name)) return folder / name;
  say_skipped("there is no " + (folder / name).lexically_normal().string());
  return std::nullopt;
}

}  // namespace weir
