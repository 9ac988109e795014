#include "runtime/process/memory_limit.h"

#include <catch2/catch.hpp>

#include "tests/runtime/process/fake_root.h"

namespace weir::cli::test {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

TEST_CASE("max, and what version 1 writes for it, is no limit") {
  CHECK(memory_of_limit("67108864\n") == 64 * kMiB);
  CHECK(memory_of_limit("0\n") == 0);
  CHECK_FALSE(memory_of_limit("max\n"));
  CHECK_FALSE(memory_of_limit("9223372036854771712\n"));
  CHECK_FALSE(memory_of_limit(""));
}

TEST_CASE("the smallest memory limit on the way up a cgroup v2 tree counts") {
  const FakeRoot root("memory_v2");
  root.file("proc/self/cgroup", "0::/a/b\n");
  CHECK_FALSE(cgroup_memory(root.path()));
  root.file("sys/fs/cgroup/a/b/memory.max", "max\n");
  CHECK_FALSE(cgroup_memory(root.path()));
  root.file("sys/fs/cgroup/a/memory.max", "134217728\n");
  CHECK(cgroup_memory(root.path()) == 128 * kMiB);
  root.file("sys/fs/cgroup/a/memory.high", "100663296\n");
  CHECK(cgroup_memory(root.path()) == 96 * kMiB);
  root.file("sys/fs/cgroup/memory.max", "67108864\n");
  CHECK(cgroup_memory(root.path()) == 64 * kMiB);
}

TEST_CASE("a cgroup v1 memory limit counts, also one that only its statistics tell") {
  const FakeRoot root("memory_v1");
  root.file("proc/self/cgroup", "4:memory:/job\n0::/other\n");
  root.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  CHECK_FALSE(cgroup_memory(root.path()));
  root.file("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "134217728\n");
  CHECK(cgroup_memory(root.path()) == 128 * kMiB);
  root.file("sys/fs/cgroup/memory/job/memory.stat",
            "cache 5\nhierarchical_memory_limit 67108864\ntotal_cache 1\n");
  CHECK(cgroup_memory(root.path()) == 64 * kMiB);
}

TEST_CASE("a container sees the limit of its own group at the root of the tree") {
  const FakeRoot root("memory_container");
  root.file("proc/self/cgroup", "0::/\n");
  root.file("sys/fs/cgroup/memory.max", "67108864\n");
  CHECK(cgroup_memory(root.path()) == 64 * kMiB);
}

TEST_CASE("auto is half of what the program leaves of the limit, from 4 to 256 MiB") {
  CHECK(memory_within(std::nullopt) == 256 * kMiB);
  CHECK(memory_within(std::uint64_t{64} << 30) == 256 * kMiB);
  CHECK(memory_within(544 * kMiB) == 256 * kMiB);
  CHECK(memory_within(512 * kMiB) == 240 * kMiB);
  CHECK(memory_within(64 * kMiB + 1) == 16 * kMiB);
  CHECK(memory_within(40 * kMiB) == 4 * kMiB);
  CHECK(memory_within(0) == 4 * kMiB);
}

}  // namespace
}  // namespace weir::cli::test
