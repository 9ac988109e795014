#include "graph/flow/policy/breaker.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

namespace weir::flow::test {
namespace {

using std::chrono::milliseconds;
using State = Breaker::State;

constexpr compile::BreakerPolicy kPolicy{3, milliseconds(100), milliseconds(50)};

Clock::time_point at(int ms) { return Clock::time_point(std::chrono::hours(1)) + milliseconds(ms); }

void fail_at(Breaker& breaker, int ms) {
  const Breaker::Grant pass = breaker.allow(at(ms));
  REQUIRE(pass);
  breaker.failed(at(ms), pass);
}

/// A breaker that opened at 2 ms.
Breaker opened() {
  Breaker breaker(kPolicy);
  for (int ms = 0; ms < 3; ++ms) fail_at(breaker, ms);
  REQUIRE(breaker.state(at(2)) == State::open);
  return breaker;
}

}  // namespace

TEST_CASE("a breaker opens at the last of so many failures within its time") {
  Breaker breaker(kPolicy);
  fail_at(breaker, 0);
  fail_at(breaker, 50);
  CHECK(breaker.state(at(50)) == State::closed);
  CHECK_FALSE(breaker.next_probe());
  fail_at(breaker, 99);
  CHECK(breaker.state(at(99)) == State::open);
  CHECK_FALSE(breaker.allow(at(99)));
  CHECK(breaker.next_probe() == at(149));
  CHECK(breaker.openings() == 1);
}

TEST_CASE("a breaker forgets failures that are too old, and successes don't forgive new ones") {
  Breaker breaker(kPolicy);
  for (int ms = 0; ms < 5000; ms += 50) fail_at(breaker, ms);
  CHECK(breaker.state(at(5000)) == State::closed);
  breaker.succeeded(breaker.allow(at(4960)));
  fail_at(breaker, 4970);
  CHECK(breaker.state(at(5000)) == State::open);
}

TEST_CASE("after its cooldown an open breaker lets one probe through at a time") {
  Breaker breaker = opened();
  CHECK_FALSE(breaker.allow(at(51)));
  CHECK(breaker.state(at(51)) == State::open);
  CHECK(breaker.state(at(52)) == State::half_open);
  const Breaker::Grant probe = breaker.allow(at(52));
  REQUIRE(probe);
  CHECK_FALSE(breaker.next_probe());
  for (int ms = 52; ms < 1000; ms += 100) CHECK_FALSE(breaker.allow(at(ms)));

  SECTION("whose success closes it, with no failure remembered") {
    breaker.succeeded(probe);
    CHECK(breaker.state(at(1000)) == State::closed);
    fail_at(breaker, 53);
    fail_at(breaker, 54);
    CHECK(breaker.state(at(54)) == State::closed);
    CHECK(breaker.allow(at(54)));
  }
  SECTION("whose failure opens it for another cooldown") {
    breaker.failed(at(60), probe);
    CHECK(breaker.state(at(109)) == State::open);
    CHECK_FALSE(breaker.allow(at(109)));
    CHECK(breaker.next_probe() == at(110));
    CHECK(breaker.openings() == 2);
    CHECK(breaker.allow(at(110)));
    CHECK_FALSE(breaker.allow(at(110)));
  }
  SECTION("which is given back if it was cancelled") {
    breaker.cancelled(probe);
    CHECK(breaker.state(at(60)) == State::half_open);
    const Breaker::Grant next = breaker.allow(at(60));
    REQUIRE(next);
    CHECK_FALSE(breaker.allow(at(60)));
    // The cancelled call may still say something; it is no longer the probe.
    breaker.cancelled(probe);
    breaker.succeeded(probe);
    breaker.failed(at(61), probe);
    CHECK(breaker.state(at(61)) == State::half_open);
    CHECK_FALSE(breaker.allow(at(61)));
    breaker.succeeded(next);
    CHECK(breaker.state(at(61)) == State::closed);
  }
}

TEST_CASE("calls from before a breaker opened have no say when they end") {
  Breaker breaker(kPolicy);
  const Breaker::Grant old = breaker.allow(at(0));
  for (int ms = 0; ms < 3; ++ms) fail_at(breaker, ms);
  breaker.succeeded(old);
  CHECK(breaker.state(at(3)) == State::open);
  const Breaker::Grant probe = breaker.allow(at(60));
  REQUIRE(probe);
  breaker.succeeded(old);
  breaker.failed(at(61), old);
  breaker.cancelled(old);
  CHECK_FALSE(breaker.allow(at(61)));
  breaker.succeeded(probe);
  for (int n = 0; n < 10; ++n) breaker.failed(at(62), old);
  CHECK(breaker.state(at(62)) == State::closed);
}

TEST_CASE("a call that succeeds or is cancelled while closed takes nobody else's say") {
  Breaker breaker(kPolicy);
  const Breaker::Grant passes[] = {breaker.allow(at(0)), breaker.allow(at(0)),
                                   breaker.allow(at(0))};
  breaker.succeeded(passes[0]);
  breaker.cancelled(passes[1]);
  breaker.failed(at(1), passes[2]);
  fail_at(breaker, 2);
  CHECK(breaker.state(at(2)) == State::closed);
  fail_at(breaker, 3);
  CHECK(breaker.state(at(3)) == State::open);
}

TEST_CASE("a cooldown without an end never probes") {
  Breaker breaker({1, milliseconds(100), std::chrono::nanoseconds::max()});
  fail_at(breaker, 0);
  CHECK(breaker.next_probe() == Clock::time_point::max());
  CHECK_FALSE(breaker.allow(at(1'000'000'000)));
}

TEST_CASE("a breaker agrees with one that remembers every failure") {
  std::mt19937 random(5);
  for (int run = 0; run < 200; ++run) {
    const compile::BreakerPolicy policy{1 + static_cast<int>(random() % 5),
                                        milliseconds(20 + random() % 50), milliseconds(10)};
    Breaker breaker(policy);
    std::vector<int> failures;
    bool open = false;
    int opened_at = 0;
    for (int ms = 0; ms < 2000; ms += static_cast<int>(random() % 15)) {
      const Breaker::Grant pass = breaker.allow(at(ms));
      const bool expected = !open || ms >= opened_at + 10;
      REQUIRE((pass != 0) == expected);
      if (!pass) continue;
      if (random() % 2) {
        breaker.succeeded(pass);
        if (open) failures.clear();
        open = false;
        continue;
      }
      breaker.failed(at(ms), pass);
      failures.push_back(ms);
      const auto recent = std::count_if(failures.begin(), failures.end(), [&](int then) {
        return milliseconds(ms - then) < policy.within;
      });
      if (open || recent >= policy.failures) {
        open = true;
        opened_at = ms;
        failures.clear();
      }
    }
  }
}

}  // namespace weir::flow::test
