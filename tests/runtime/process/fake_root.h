#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/machine/checkout.h"

namespace weir::cli::test {

/// A file system of a test's own, gone with it.
class FakeRoot {
 public:
  explicit FakeRoot(const std::string& name)
      : path_(std::filesystem::path(build_dir()) / "tests" / ("root_" + name)) {
    std::filesystem::remove_all(path_);
  }
  ~FakeRoot() { std::filesystem::remove_all(path_); }

  void file(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace weir::cli::test
