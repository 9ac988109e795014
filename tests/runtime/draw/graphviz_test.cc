#include "runtime/draw/graphviz.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/machine/checkout.h"

using namespace weir;
using namespace weir::cli;
namespace fs = std::filesystem;

namespace {

/// A PATH on which there is no `dot` but the one that a test puts there.
class OwnPath {
 public:
  OwnPath() : folder_(fs::path(build_dir()) / "tests/graphviz_path") {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    if (const char* path = std::getenv("PATH")) before_ = path;
    ::setenv("PATH", folder_.c_str(), 1);
  }
  ~OwnPath() { ::setenv("PATH", before_.c_str(), 1); }
  OwnPath(const OwnPath&) = delete;
  OwnPath& operator=(const OwnPath&) = delete;

  void put(const std::string& script) {
    std::ofstream(folder_ / "dot") << "#!/bin/sh\n" << script << "\n";
    fs::permissions(folder_ / "dot", fs::perms::owner_all);
  }

 private:
  fs::path folder_;
  std::string before_;
};

}  // namespace

TEST_CASE("the picture is what 'dot' makes of its input, however large") {
  OwnPath path;
  path.put("echo \"$1\"; exec /bin/cat");
  const std::string large(1 << 20, 'x');
  const GraphvizAnswer answer = svg_of(large);
  CHECK(answer.problem.empty());
  CHECK(answer.svg == "-Tsvg\n" + large);
}

TEST_CASE("without Graphviz it says which package is missing") {
  const OwnPath path;
  const GraphvizAnswer answer = svg_of("digraph {}");
  CHECK(answer.problem == "cannot make an SVG: 'dot' is not on the PATH");
  CHECK_THAT(answer.hint, Catch::Contains("package 'graphviz'"));
}

TEST_CASE("a 'dot' that fails is no picture") {
  OwnPath path;
  path.put("echo half; exit 3");
  const GraphvizAnswer answer = svg_of("digraph {}");
  CHECK(answer.problem == "cannot make an SVG: 'dot' failed");
  CHECK(answer.svg.empty());
}
