#include "graph/flow/memory/memory_pool.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "graph/flow/memory/held_memory.h"
#include "graph/flow/memory/memory_fund.h"

namespace weir::flow::test {
namespace {

constexpr std::size_t kMiB = 1 << 20;

/// Lets the process have so many bytes of addresses more.
void allow(std::size_t bytes) {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages;
  const rlimit limit{pages * static_cast<std::size_t>(::getpagesize()) + bytes, RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &limit);
}

/// Whether `body`, in a process of its own, whose limits end with it, returns true.
bool in_child(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Takes blocks until none is left; the least and the most that may be in use then.
bool fills_up(MemoryPool& pool, std::vector<Block>& blocks, std::uint64_t least,
              std::uint64_t most) {
  Block block;
  while (pool.take(60'000, Lane::normal, block)) blocks.push_back(block);
  return pool.used() >= least && pool.used() <= most;
}

TEST_CASE("what the system refuses is no room, and the reserve is there all the same") {
  CHECK(in_child([] {
    std::vector<Block> blocks;
    blocks.reserve(10'000);
    MemoryPool pool(256 * kMiB, 32 * kMiB);
    allow(40 * kMiB);
    Block block;
    return fills_up(pool, blocks, 30 * kMiB, 40 * kMiB) &&
           pool.take(17 * kMiB, Lane::reserve, block) && memory_refusals() == 0;
  }));
}

TEST_CASE("a pool that was refused goes on when there is room again") {
  CHECK(in_child([] {
    std::vector<Block> blocks;
    blocks.reserve(10'000);
    MemoryPool pool(256 * kMiB, 8 * kMiB);
    allow(40 * kMiB);
    Block block;
    if (!fills_up(pool, blocks, 30 * kMiB, 40 * kMiB)) return false;
    if (!pool.take(6 * kMiB, Lane::reserve, block)) return false;
    pool.give(block);
    for (const Block& one : blocks) pool.give(one);
    // At once it is modest.
    while (!pool.take(100, Lane::normal, block)) std::this_thread::yield();
    pool.give(block);
    blocks.clear();
    return fills_up(pool, blocks, 25 * kMiB, 40 * kMiB);
  }));
}

TEST_CASE("what is held elsewhere is missing in the pool, but never in its reserve") {
  MemoryPool pool(32 * kMiB, 8 * kMiB);
  HeldMemory held(pool);
  CHECK(held.limit() == 18 * kMiB);
  CHECK_FALSE(held.take(19 * kMiB));
  REQUIRE(held.take(10 * kMiB));
  CHECK_FALSE(held.take(9 * kMiB));
  CHECK(pool.used() == 10 * kMiB);
  CHECK(pool.normal_room() == 14 * kMiB);
  Block block;
  CHECK_FALSE(pool.take(15 * kMiB, Lane::normal, block));
  REQUIRE(pool.take(13 * kMiB, Lane::normal, block));
  CHECK_FALSE(held.take(2 * kMiB));
  CHECK(pool.peak() == 23 * kMiB);
  Block last;
  REQUIRE(pool.take(8 * kMiB, Lane::reserve, last));
  pool.give(last);
  pool.give(block);
  CHECK(pool.taken() == 0);
  REQUIRE(held.take(8 * kMiB));
  held.give(18 * kMiB);
  CHECK(pool.used() == 0);
}

TEST_CASE("a reserve that the system refuses is noted, so that the run can end") {
  CHECK(in_child([] {
    allow(4 * kMiB);
    MemoryPool pool(256 * kMiB, 128 * kMiB);
    Block block;
    return !pool.take(64 * kMiB, Lane::reserve, block) && memory_refusals() > 0 && pool.used() == 0;
  }));
}

}  // namespace
}  // namespace weir::flow::test
