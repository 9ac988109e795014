#include "graph/flow/memory/call_arena.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <random>
#include <vector>

namespace weir::flow::test {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

}  // namespace

TEST_CASE("a call's arena begins as small as its hint says") {
  MemoryPool memory(16 * kMiB, 0);
  SlabPool pool(memory);
  CallArena arena(pool);
  CHECK(arena.capacity() == 0);
  arena.first_size(400);
  arena.take(100);
  CHECK(arena.capacity() == 512);
  arena.take(300);
  CHECK(arena.capacity() == 512);
  arena.take(100);
  CHECK(arena.capacity() == 512 + 1024);
  arena.reset();
  CHECK(arena.capacity() == 0);
  arena.first_size(100'000);
  arena.take(60'000);
  arena.take(40'000);
  CHECK(arena.capacity() == 128 * 1024);
  arena.reset();
  arena.take(8);
  CHECK(arena.capacity() == 512);
  arena.reset();
  pool.release_empty();
  CHECK(memory.used() == 0);
}

TEST_CASE("a call's arena keeps every byte, and 64 readable ones behind each allocation") {
  MemoryPool memory(256 * kMiB, 0);
  SlabPool pool(memory);
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    CallArena arena(pool);
    if (seed % 2) arena.first_size(random() % 50'000);
    struct Held {
      char* at;
      std::size_t size;
    };
    std::vector<Held> held;
    std::size_t sum = 0;
    unsigned readable = 0;
    for (std::size_t n = 0; n < 300; ++n) {
      const std::size_t size = random() % (std::size_t{1} << (random() % 17));
      char* at = arena.take(size);
      if (size == 0) continue;
      REQUIRE(reinterpret_cast<std::uintptr_t>(at) % 8 == 0);
      std::memset(at, static_cast<int>(held.size() % 251), size);
      for (std::size_t i = 0; i < 64; ++i) readable += static_cast<unsigned char>(at[size + i]);
      held.push_back({at, size});
      sum += size;
    }
    CHECK(readable < 300 * 64 * 256);
    for (std::size_t n = 0; n < held.size(); ++n) {
      const auto mark = static_cast<char>(n % 251);
      const auto same = std::count(held[n].at, held[n].at + held[n].size, mark);
      REQUIRE(static_cast<std::size_t>(same) == held[n].size);
    }
    CHECK(arena.capacity() >= sum);
    CHECK(pool.held() >= arena.capacity());
  }
  pool.release_empty();
  CHECK(memory.used() == 0);
}

TEST_CASE("a call's arena grows to pieces of 64 KiB, and then takes no larger ones") {
  MemoryPool memory(64 * kMiB, 0);
  SlabPool pool(memory);
  CallArena arena(pool);
  std::uint64_t before = 0;
  std::uint64_t largest = 0;
  for (int n = 0; n < 20'000; ++n) {
    arena.take(100);
    largest = std::max(largest, arena.capacity() - before);
    before = arena.capacity();
  }
  CHECK(largest == 64 * 1024);
  CHECK(arena.capacity() < 20'000 * 104 * 11 / 10);
}

TEST_CASE("a call's arena throws when its lane is full, and goes on in the reserve") {
  MemoryPool memory(kMiB, 256 * 1024);
  SlabPool pool(memory);
  CallArena arena(pool);
  const auto take_all = [&] {
    std::size_t taken = 0;
    for (;; taken += 1000) arena.take(1000);
  };
  CHECK_THROWS_AS(take_all(), detail::OutOfMemory);
  CHECK_THROWS_AS(arena.take(50'000), detail::OutOfMemory);
  CHECK(memory.used() <= memory.normal_limit());
  const std::uint64_t normal = arena.capacity();
  CHECK(normal > 700'000);
  arena.set_lane(Lane::reserve);
  std::memset(arena.take(50'000), 1, 50'000 + 64);
  CHECK_THROWS_AS(take_all(), detail::OutOfMemory);
  CHECK(memory.used() > memory.limit() - 8 * 1024);
  arena.reset();
  pool.release_empty();
  CHECK(memory.used() == 0);
}

}  // namespace weir::flow::test
