#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/compile/kit/look_alikes.h"
#include "tests/machine/checkout.h"
#include "tests/machine/folder.h"

// Every file in tests/bad_configs against all that is said about it. WEIR_UPDATE_GOLDEN=1 writes
// the golden files anew: read the difference before it is committed.

namespace fs = std::filesystem;
using namespace weir;
using namespace weir::compile;

namespace {

std::set<fs::path> files_with(const char* extension) {
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(source_dir() + "/tests/bad_configs")) {
    if (entry.path().extension() == extension) files.insert(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("every bad config gives exactly its diagnostics") {
  unsetenv("WEIR_TEST_UNSET");
  const bool update = std::getenv("WEIR_UPDATE_GOLDEN") != nullptr;
  const auto configs = files_with(".yaml");
  REQUIRE(configs.size() > 30);
  for (const fs::path& config : configs) {
    const std::string text = content_of(config);
    const fake::Setup setup;
    const Loaded loaded = load_plan(text, config.filename(), setup.options);
    CHECK_FALSE(loaded.plan);
    fs::path golden = config;
    golden.replace_extension(".txt");
    const std::string shown = weir::fake::render_all(loaded, text);
    if (update) std::ofstream(golden, std::ios::binary) << shown;
    INFO(config.filename());
    CHECK(shown == content_of(golden));
  }
}

TEST_CASE("every golden text belongs to a config") {
  for (fs::path golden : files_with(".txt")) {
    INFO(golden.filename());
    CHECK(fs::exists(golden.replace_extension(".yaml")));
  }
}
