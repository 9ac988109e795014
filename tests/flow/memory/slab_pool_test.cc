#include "graph/flow/memory/slab_pool.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace weir::flow::test {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

Piece take(SlabPool& pool, std::size_t bytes, Lane lane = Lane::normal) {
  Piece piece;
  REQUIRE(pool.take(bytes, lane, piece));
  REQUIRE(piece.size >= bytes);
  return piece;
}

/// Takes normal pieces until there is no room.
std::vector<Piece> fill(SlabPool& pool, std::size_t bytes) {
  std::vector<Piece> pieces;
  Piece piece;
  while (pool.take(bytes, Lane::normal, piece)) pieces.push_back(piece);
  return pieces;
}

void give_all(SlabPool& pool, std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) pool.give(piece);
  pieces.clear();
}

/// Random takes and gives, each piece filled with a byte of its own that must still be there when
/// it goes back, and no two pieces overlapping.
class Workout {
 public:
  Workout(SlabPool& pool, std::uint64_t seed) : pool_(pool), random_(seed) {}

  void run(int steps, std::size_t most_pieces) {
    for (int step = 0; step < steps; ++step) {
      const bool full = held_.size() >= most_pieces;
      if (held_.empty() || (!full && random_() % 100 < 52)) {
        take_one();
      } else {
        give_one();
      }
    }
    while (!held_.empty()) give_one();
  }
  int refused() const { return refused_; }

 private:
  struct Held {
    Piece piece;
    char mark;
  };

  void take_one() {
    const std::size_t bytes = 1 + random_() % (std::size_t{1} << (random_() % 18));
    Piece piece;
    if (!pool_.take(bytes, random_() % 4 ? Lane::normal : Lane::reserve, piece)) {
      ++refused_;
      return;
    }
    if (piece.size < bytes) FAIL("too small a piece");
    const auto above = held_.lower_bound(piece.data);
    if (above != held_.end() && piece.data + piece.size > above->first) FAIL("pieces overlap");
    if (above != held_.begin()) {
      const Piece& below = std::prev(above)->second.piece;
      if (below.data + below.size > piece.data) FAIL("pieces overlap");
    }
    const char mark = static_cast<char>(random_());
    std::memset(piece.data, mark, piece.size);
    held_.emplace(piece.data, Held{piece, mark});
    order_.push_back(piece.data);
  }

  void give_one() {
    std::swap(order_[random_() % order_.size()], order_.back());
    const auto at = held_.find(order_.back());
    order_.pop_back();
    const auto& [piece, mark] = at->second;
    for (std::size_t i = 0; i < piece.size; ++i) {
      if (piece.data[i] != mark) FAIL("a piece was written by another");
    }
    pool_.give(piece);
    held_.erase(at);
  }

  SlabPool& pool_;
  std::mt19937_64 random_;
  std::map<char*, Held> held_;
  std::vector<char*> order_;
  int refused_ = 0;
};

}  // namespace

TEST_CASE("a piece is as large as asked for, little larger, and aligned") {
  MemoryPool memory(64 * kMiB, 0);
  SlabPool pool(memory);
  for (std::size_t bytes = 1; bytes <= SlabPool::kLargest; bytes += bytes < 300 ? 1 : 61) {
    const Piece piece = take(pool, bytes);
    REQUIRE(reinterpret_cast<std::uintptr_t>(piece.data) % 16 == 0);
    REQUIRE(piece.slab);
    if (bytes > 64 && bytes <= 8192) REQUIRE(piece.size <= bytes + bytes * 3 / 8 + 16);
    std::memset(piece.data, 1, piece.size);
    pool.give(piece);
  }
  const Piece large = take(pool, SlabPool::kLargest + 1);
  CHECK_FALSE(large.slab);
  pool.give(large);
  pool.give(Piece{});
}

TEST_CASE("many small pieces cost the ledger little more than their bytes") {
  for (const std::size_t bytes : {64, 100, 500, 1000, 2048, 3000, 5000, 10'000, 20'000, 32'768}) {
    MemoryPool memory(512 * kMiB, 0);
    SlabPool pool(memory);
    std::vector<Piece> pieces;
    for (std::size_t total = 0; total < 16 * kMiB; total += bytes) {
      pieces.push_back(take(pool, bytes));
    }
    INFO(pieces.size() << " pieces of " << bytes);
    CHECK(memory.used() <= 16 * kMiB * 5 / 4 + 128 * 1024);
    CHECK(memory.used() == pool.held());
    give_all(pool, pieces);
    CHECK(memory.used() <= 64 * 1024);
    pool.release_empty();
    CHECK(memory.used() == 0);
  }
}

TEST_CASE("a slab goes back with its last piece, except one in store for each size") {
  MemoryPool memory(64 * kMiB, 0);
  SlabPool pool(memory);
  std::vector<Piece> pieces;
  for (int n = 0; n < 16; ++n) pieces.push_back(take(pool, 2048));  // Eight to a slab.
  CHECK(memory.used() == 32 * 1024);
  pieces.push_back(take(pool, 2048));
  CHECK(memory.used() == 48 * 1024);
  const Piece last = pieces.front();
  pieces.erase(pieces.begin());
  give_all(pool, pieces);
  CHECK(memory.used() == 32 * 1024);
  // The slab in store is used before a new one is taken.
  for (int n = 0; n < 15; ++n) pieces.push_back(take(pool, 2048));
  CHECK(memory.used() == 32 * 1024);
  give_all(pool, pieces);
  pool.give(last);
  CHECK(memory.used() == 16 * 1024);
  pool.release_empty();
  CHECK(pool.held() == 0);
  CHECK(memory.used() == 0);
}

TEST_CASE("empty slabs of other sizes make room when memory is short") {
  MemoryPool memory(128 * 1024, 0);
  SlabPool pool(memory);
  for (const std::size_t bytes : {64, 128, 256, 512, 1024, 2048, 80, 96}) {
    pool.give(take(pool, bytes));
  }
  CHECK(memory.used() == 128 * 1024);
  const Piece piece = take(pool, 4096);
  CHECK(memory.used() == 64 * 1024);
  pool.give(piece);
  const Piece large = take(pool, 100'000);
  CHECK(memory.used() == 128 * 1024);
  pool.give(large);
}

TEST_CASE("in the reserve lane a piece without a slab is a block of its own from the reserve") {
  MemoryPool memory(kMiB, 256 * 1024);
  SlabPool pool(memory);
  std::vector<Piece> pieces = fill(pool, 1000);
  CHECK(memory.used() == memory.normal_limit());
  Piece piece;
  CHECK_FALSE(pool.take(1000, Lane::normal, piece));
  CHECK_FALSE(pool.take(100'000, Lane::normal, piece));
  const Piece own = take(pool, 1000, Lane::reserve);
  CHECK_FALSE(own.slab);
  CHECK(own.size == 4096);
  CHECK(memory.used() == memory.normal_limit() + 4096);
  const Piece large = take(pool, 100'000, Lane::reserve);
  CHECK_FALSE(pool.take(250'000, Lane::reserve, piece));
  // While a slab has room, the reserve is left alone.
  pool.give(pieces.back());
  pieces.back() = take(pool, 1000, Lane::reserve);
  CHECK(pieces.back().slab);
  pool.give(own);
  pool.give(large);
  give_all(pool, pieces);
  pool.release_empty();
  CHECK(memory.used() == 0);
}

TEST_CASE("pieces never overlap and all memory comes back, whatever the order") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    INFO("seed " << seed);
    MemoryPool memory(seed % 2 ? 256 * kMiB : 4 * kMiB, kMiB);
    {
      SlabPool pool(memory);
      Workout workout(pool, seed);
      workout.run(30'000, 1000);
      CHECK((workout.refused() > 0) == (seed % 2 == 0));
      pool.release_empty();
      CHECK(pool.held() == 0);
      CHECK(memory.used() == 0);
      pool.give(take(pool, 100));
    }
    CHECK(memory.used() == 0);
  }
}

TEST_CASE("threads share a slab pool") {
  MemoryPool memory(64 * kMiB, kMiB);
  SlabPool pool(memory);
  std::array<std::vector<Piece>, 4> handed;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < handed.size(); ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(t);
      for (int n = 0; n < 20'000; ++n) {
        Piece piece;
        if (!pool.take(1 + random() % 3000, Lane::normal, piece)) continue;
        std::memset(piece.data, static_cast<int>(t), piece.size);
        handed[t].push_back(piece);
        if (handed[t].size() < 200) continue;
        std::swap(handed[t][random() % 200], handed[t].back());
        pool.give(handed[t].back());
        handed[t].pop_back();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < handed.size(); ++t) {
    for (const Piece& piece : handed[t]) {
      REQUIRE(piece.data[0] == static_cast<char>(t));
      REQUIRE(piece.data[piece.size - 1] == static_cast<char>(t));
    }
    give_all(pool, handed[t]);
  }
  pool.release_empty();
  CHECK(memory.used() == 0);
}

#if defined(__SANITIZE_ADDRESS__)
TEST_CASE("free pieces are poisoned") {
  MemoryPool memory(kMiB, 0);
  SlabPool pool(memory);
  const Piece piece = take(pool, 200);
  const Piece other = take(pool, 200);
  CHECK_FALSE(__asan_region_is_poisoned(piece.data, piece.size));
  CHECK(__asan_address_is_poisoned(other.data + other.size));
  pool.give(piece);
  for (std::size_t i = 0; i < piece.size; ++i) REQUIRE(__asan_address_is_poisoned(piece.data + i));
  CHECK_FALSE(__asan_region_is_poisoned(other.data, other.size));
  const Piece again = take(pool, 200);
  CHECK(again.data == piece.data);
  CHECK_FALSE(__asan_region_is_poisoned(again.data, again.size));
  pool.give(again);
  pool.give(other);
}
#endif

}  // namespace weir::flow::test
