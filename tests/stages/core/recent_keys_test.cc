#include "stages/core/state/recent_keys.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <random>
#include <stdexcept>

namespace weir::stages::test {
namespace {

/// The same in the plainest way.
class Oracle {
 public:
  explicit Oracle(std::size_t most) : most_(most) {}
  bool seen(const core::Hash128& key) {
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    const bool was = found != keys_.end();
    if (was) keys_.erase(found);
    keys_.push_back(key);
    if (keys_.size() > most_) keys_.pop_front();
    return was;
  }
  void forget_oldest() { keys_.pop_front(); }

 private:
  std::size_t most_;
  std::deque<core::Hash128> keys_;
};

/// Those keys as their user bounds them.
class Bounded {
 public:
  explicit Bounded(std::size_t most) : most_(most) {}
  bool seen(const core::Hash128& key) {
    if (recent_.find(key)) return true;
    if (recent_.size() == most_) recent_.forget_oldest();
    if (!recent_.add(key, 0)) throw std::logic_error("no room");
    return false;
  }
  core::RecentKeys& keys() { return recent_; }

 private:
  std::size_t most_;
  StateBudget budget_{1 << 20};
  core::RecentKeys recent_{budget_};
};

void compare(std::size_t most, std::uint64_t distinct, std::uint64_t homes, int rounds) {
  Bounded recent(most);
  Oracle oracle(most);
  std::mt19937_64 random(most * 1000 + distinct);
  std::uniform_int_distribution<std::uint64_t> any(0, distinct - 1);
  int wrong = 0;
  for (int i = 0; i < rounds; ++i) {
    const std::uint64_t number = any(random);
    const core::Hash128 key{number % homes * 0x9e3779b97f4a7c15, number};
    wrong += recent.seen(key) != oracle.seen(key) ? 1 : 0;
    // Now and then nearly all are forgotten, so that what is left is moved together.
    while (i % 500 == 499 && recent.keys().size() > 3) {
      recent.keys().forget_oldest();
      oracle.forget_oldest();
    }
  }
  INFO("most " << most << ", distinct " << distinct << ", homes " << homes);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("recent keys are the last distinct ones by when they were seen last") {
  Bounded recent(2);
  const core::Hash128 a{1, 0};
  const core::Hash128 b{2, 0};
  const core::Hash128 c{3, 0};
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

TEST_CASE("recent keys take state for each key and give it back when they forget") {
  StateBudget budget(core::RecentKeys::kKeySize * 1000);
  {
    core::RecentKeys recent(budget);
    for (std::uint64_t i = 0; i < 1000; ++i) CHECK(recent.add({i, i}, static_cast<int>(i)));
    CHECK(budget.used() == budget.limit());
    CHECK_FALSE(recent.add({1000, 1000}, 0));
    CHECK(recent.size() == 1000);
    recent.forget_oldest();
    CHECK(recent.oldest() == 1);
    CHECK(recent.add({1000, 1000}, 1000));
    while (recent.size() > 10) recent.forget_oldest();
    CHECK(budget.used() <= core::RecentKeys::kKeySize * 64);
    CHECK(recent.oldest() == 991);
    CHECK(*recent.find({995, 995}) == 995);
    CHECK_FALSE(recent.find({990, 990}));
    while (recent.size() > 0) recent.forget_oldest();
    CHECK(budget.used() == 0);
    CHECK_FALSE(recent.oldest());
    CHECK(recent.add({7, 7}, 7));
  }
  CHECK(budget.used() == 0);
}

}  // namespace weir::stages::test
