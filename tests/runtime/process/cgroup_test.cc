#include "runtime/process/cgroup.h"

#include <catch2/catch.hpp>

#include "tests/runtime/process/fake_root.h"

namespace weir::cli::test {
namespace {

TEST_CASE("a process's cgroup is found in both versions' lists") {
  const std::string mixed =
      "12:cpuset:/x\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/y\n0::/user.slice/a:b\n";
  CHECK(cgroup_path(mixed, "cpu") == "/docker/abc");
  CHECK(cgroup_path(mixed, "cpuacct") == "/docker/abc");
  CHECK(cgroup_path(mixed, "") == "/user.slice/a:b");
  CHECK_FALSE(cgroup_path(mixed, "memory"));
  CHECK_FALSE(cgroup_path("garbage\n1:half", ""));
}

TEST_CASE("what cannot be read is empty: no file, or a folder") {
  const FakeRoot root("unreadable");
  root.file("folder/file", "text\n");
  CHECK(file_text(root.path() / "folder/file") == "text\n");
  CHECK(file_text(root.path() / "folder").empty());
  CHECK(file_text(root.path() / "none").empty());
}

}  // namespace
}  // namespace weir::cli::test
