#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/fuzz/targets.h"
#include "tests/machine/folder.h"

using namespace weir;

TEST_CASE("what fuzzing has found, or begins with, breaks nothing", "[fuzz]") {
  for (const fuzz::Target& target : fuzz::targets()) {
    std::size_t inputs = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(WEIR_CORPUS) / target.name)) {
      INFO(entry.path());
      CHECK_NOTHROW(target.run(content_of(entry.path())));
      ++inputs;
    }
    INFO(target.name);
    CHECK(inputs > 0);
    CHECK_NOTHROW(target.run(""));
  }
}
