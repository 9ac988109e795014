#include "runtime/process/cpu_count.h"

#include <catch2/catch.hpp>

#include "tests/runtime/process/fake_root.h"

namespace weir::cli::test {
namespace {

TEST_CASE("cpu.max gives quota over period, and max is no limit") {
  CHECK(quota_of_cpu_max("150000 100000\n") == 1.5);
  CHECK(quota_of_cpu_max("50000 100000") == 0.5);
  CHECK_FALSE(quota_of_cpu_max("max 100000\n"));
  CHECK_FALSE(quota_of_cpu_max(""));
  CHECK_FALSE(quota_of_cpu_max("100000"));
  CHECK_FALSE(quota_of_cpu_max("100000 0"));
}

TEST_CASE("a cfs quota of -1 is no limit") {
  CHECK(quota_of_cfs("400000\n", "100000\n") == 4);
  CHECK_FALSE(quota_of_cfs("-1\n", "100000\n"));
  CHECK_FALSE(quota_of_cfs("", ""));
}

TEST_CASE("the smallest quota on the way up a cgroup v2 tree counts") {
  const FakeRoot root("v2");
  root.file("proc/self/cgroup", "0::/a/b\n");
  root.file("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  root.file("sys/fs/cgroup/a/cpu.max", "300000 100000\n");
  CHECK(cgroup_quota(root.path()) == 3);
  root.file("sys/fs/cgroup/cpu.max", "200000 100000\n");
  CHECK(cgroup_quota(root.path()) == 2);
}

TEST_CASE("a cgroup v1 quota is found under either name of its hierarchy") {
  const FakeRoot root("v1");
  root.file("proc/self/cgroup", "4:cpu,cpuacct:/job\n");
  CHECK_FALSE(cgroup_quota(root.path()));
  root.file("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "250000\n");
  root.file("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  CHECK(cgroup_quota(root.path()) == 2.5);
}

TEST_CASE("a container sees its own group as the root of the tree") {
  const FakeRoot root("container");
  root.file("proc/self/cgroup", "0::/\n");
  root.file("sys/fs/cgroup/cpu.max", "70000 100000\n");
  CHECK(cgroup_quota(root.path()) == 0.7);
}

TEST_CASE("allowed CPUs are the lesser of affinity and the quota rounded down, at least one") {
  CHECK(allowed_cpus(8, std::nullopt) == 8);
  CHECK(allowed_cpus(8, 2.0) == 2);
  CHECK(allowed_cpus(8, 2.9) == 2);
  CHECK(allowed_cpus(2, 16.0) == 2);
  CHECK(allowed_cpus(8, 0.3) == 1);
  CHECK(allowed_cpus(0, std::nullopt) == 1);
  CHECK(cpu_count() >= 1);
}

}  // namespace
}  // namespace weir::cli::test
