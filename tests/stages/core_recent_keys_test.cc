#include "stages/core/recent_keys.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <random>

namespace weir {
namespace {

/// The same in the plainest way.
class Oracle {
 public:
  explicit Oracle(std::size_t most) : most_(most) {}
  bool seen(const Hash128& key) {
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    const bool was = found != keys_.end();
    if (was) keys_.erase(found);
    keys_.push_back(key);
    if (keys_.size() > most_) keys_.pop_front();
    return was;
  }

 private:
  std::size_t most_;
  std::deque<Hash128> keys_;
};

void compare(std::size_t most, std::uint64_t distinct, std::uint64_t homes, int rounds) {
  RecentKeys recent(most);
  Oracle oracle(most);
  std::mt19937_64 random(most * 1000 + distinct);
  std::uniform_int_distribution<std::uint64_t> any(0, distinct - 1);
  int wrong = 0;
  for (int i = 0; i < rounds; ++i) {
    const std::uint64_t number = any(random);
    const Hash128 key{number % homes * 0x9e3779b97f4a7c15, number};
    wrong += recent.seen(key) != oracle.seen(key) ? 1 : 0;
  }
  INFO("most " << most << ", distinct " << distinct << ", homes " << homes);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("recent keys are the last distinct ones by when they were seen last") {
  RecentKeys recent(2);
  const Hash128 a{1, 0};
  const Hash128 b{2, 0};
  const Hash128 c{3, 0};
  CHECK_FALSE(recent.seen(a));
  CHECK_FALSE(recent.seen(b));
  CHECK(recent.seen(a));  // now b is the oldest
  CHECK_FALSE(recent.seen(c));
  CHECK(recent.seen(a));
  CHECK_FALSE(recent.seen(b));
  CHECK_FALSE(recent.seen(c));
}

TEST_CASE("recent keys are those of a plain list, whatever slots they fall on") {
  for (const std::size_t most : {1u, 2u, 3u, 31u, 32u, 33u, 200u}) {
    for (const std::uint64_t distinct : {1u, 2u, 40u, 220u, 1000u}) {
      compare(most, distinct, distinct, 3000);
      compare(most, distinct, 3, 3000);  // nearly all push each other out of their slots
    }
  }
}

}  // namespace weir
