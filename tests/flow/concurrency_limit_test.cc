#include "graph/flow/concurrency_limit.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <queue>
#include <random>
#include <vector>

namespace weir::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Policy = Workers::Policy;

Clock::time_point at(int ms) { return Clock::time_point(std::chrono::hours(1)) + milliseconds(ms); }

Workers aimd(int min, int max) { return {Policy::aimd, min, max, milliseconds(50)}; }
Workers gradient(int min, int max) { return {Policy::gradient, min, max, {}}; }

/// A service that does `width` calls at a time, 10 ms each on average, and queues the others; and a
/// caller that always uses the whole limit. The limit's mean over the second half of the answers.
double settled(ConcurrencyLimit& limit, int width, int answers, double jitter = 0.2) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> factor(1 - jitter, 1 + jitter);
  struct Call {
    nanoseconds ends;
    nanoseconds began;
    bool operator>(const Call& other) const { return ends > other.ends; }
  };
  std::priority_queue<Call, std::vector<Call>, std::greater<>> calls;
  std::vector<nanoseconds> free_at(static_cast<std::size_t>(width));
  nanoseconds now{0};
  double sum = 0;
  for (int n = 0; n < answers; ++n) {
    while (static_cast<int>(calls.size()) < limit.limit()) {
      auto server = std::min_element(free_at.begin(), free_at.end());
      *server = std::max(*server, now) + nanoseconds(std::llround(1e7 * factor(random)));
      calls.push({*server, now});
    }
    const Call call = calls.top();
    now = call.ends;
    limit.note(at(0) + call.began, at(0) + now, static_cast<int>(calls.size()), true);
    calls.pop();
    if (n >= answers / 2) sum += limit.limit();
  }
  return sum / (answers - answers / 2);
}

}  // namespace

TEST_CASE("a fixed limit never moves by itself") {
  ConcurrencyLimit limit({Policy::fixed, 7, 7, {}});
  for (int n = 0; n < 1000; ++n) limit.note(at(n), at(n + 5000), 7, n % 2 == 0);
  CHECK(limit.limit() == 7);
  limit.set_bounds(12, 12);
  CHECK(limit.limit() == 12);
  CHECK(ConcurrencyLimit({Policy::fixed, 0, 0, {}}).limit() == 1);
}

TEST_CASE("aimd grows by one after a limit-full of good answers") {
  ConcurrencyLimit limit(aimd(4, 6));
  CHECK(limit.limit() == 4);
  for (int n = 0; n < 3; ++n) limit.note(at(n), at(n + 50), 4, true);
  CHECK(limit.limit() == 4);
  limit.note(at(3), at(53), 4, true);
  CHECK(limit.limit() == 5);
  for (int n = 0; n < 5; ++n) limit.note(at(60), at(70), 5, true);
  CHECK(limit.limit() == 6);
  for (int n = 0; n < 100; ++n) limit.note(at(80), at(90), 6, true);
  CHECK(limit.limit() == 6);
}

TEST_CASE("aimd doesn't grow while less than half of the limit is used") {
  ConcurrencyLimit limit(aimd(10, 100));
  for (int n = 0; n < 1000; ++n) limit.note(at(n), at(n + 10), 4, true);
  CHECK(limit.limit() == 10);
  for (int n = 0; n < 10; ++n) limit.note(at(n), at(n + 10), 5, true);
  CHECK(limit.limit() == 11);
}

TEST_CASE("aimd shrinks by a tenth at an error or a slow answer, once a round trip") {
  ConcurrencyLimit limit(aimd(1, 200));
  limit.set_bounds(100, 200);
  limit.set_bounds(2, 200);
  REQUIRE(limit.limit() == 100);
  limit.note(at(0), at(10), 100, false);
  CHECK(limit.limit() == 90);
  // These began before that decrease.
  for (int ms = 0; ms < 10; ++ms) limit.note(at(ms), at(20), 90, false);
  CHECK(limit.limit() == 90);
  limit.note(at(10), at(60), 90, true);  // As slow as the target: good.
  CHECK(limit.limit() == 90);
  limit.note(at(10), at(61), 90, true);
  CHECK(limit.limit() == 81);
  for (int n = 0; n < 100; ++n) limit.note(at(100 + n), at(100 + n), 10, false);
  CHECK(limit.limit() == 2);
}

TEST_CASE("aimd without a target minds errors only") {
  ConcurrencyLimit limit({Policy::aimd, 1, 10, {}});
  for (int n = 0; n < 1000; ++n) limit.note(at(0), at(100'000), 10, true);
  CHECK(limit.limit() == 10);
}

TEST_CASE("an adaptive limit stays between bounds that change at run time") {
  for (const auto& workers : {aimd(1, 50), gradient(1, 50)}) {
    ConcurrencyLimit limit(workers);
    std::mt19937 random(9);
    for (int n = 0; n < 20'000; ++n) {
      if (n == 5'000) limit.set_bounds(60, 80);
      if (n == 10'000) limit.set_bounds(3, 5);
      if (n == 15'000) limit.set_bounds(9, 2);
      const auto took = milliseconds(random() % 100);
      limit.note(at(n), at(n) + took, limit.limit(), random() % 10 != 0);
      const int low = n < 5'000 ? 1 : n < 10'000 ? 60 : n < 15'000 ? 3 : 9;
      const int high = n < 5'000 ? 50 : n < 10'000 ? 80 : n < 15'000 ? 5 : 9;
      REQUIRE(limit.limit() >= low);
      REQUIRE(limit.limit() <= high);
    }
  }
}

TEST_CASE("gradient begins at 20 if its bounds allow it") {
  CHECK(ConcurrencyLimit(gradient(1, 200)).limit() == 20);
  CHECK(ConcurrencyLimit(gradient(1, 8)).limit() == 8);
  CHECK(ConcurrencyLimit(gradient(30, 200)).limit() == 30);
}

TEST_CASE("gradient grows towards the square root more while latency stays the same") {
  ConcurrencyLimit limit(gradient(1, 1000));
  for (int n = 0; n < 20; ++n) limit.note(at(n), at(n + 10), 20, true);
  CHECK(limit.limit() == 20);  // 20 + 0.2 x sqrt(20) = 20.89
  for (int n = 0; n < 20; ++n) limit.note(at(n), at(n + 10), 20, true);
  CHECK(limit.limit() == 21);
}

TEST_CASE("gradient doesn't grow while less than half of the limit is used") {
  ConcurrencyLimit limit(gradient(1, 1000));
  for (int n = 0; n < 5000; ++n) limit.note(at(n), at(n + 10), 9, true);
  CHECK(limit.limit() == 20);
}

TEST_CASE("gradient shrinks by the ratio of long and short latency, at most towards half") {
  ConcurrencyLimit limit(gradient(1, 100));
  for (int n = 0; n < 20'000; ++n) limit.note(at(n), at(n + 10), limit.limit(), true);
  REQUIRE(limit.limit() == 100);
  for (int n = 0; n < 100; ++n) limit.note(at(n), at(n + 1000), 100, true);
  CHECK(limit.limit() == 92);  // 0.8 x 100 + 0.2 x (0.5 x 100 + sqrt(100))
}

TEST_CASE("gradient counts failures that are slower than usual, not fast ones") {
  ConcurrencyLimit limit(gradient(1, 100));
  for (int n = 0; n < 20'000; ++n) limit.note(at(n), at(n + 10), limit.limit(), true);
  REQUIRE(limit.limit() == 100);
  for (int n = 0; n < 10'000; ++n) limit.note(at(n), at(n), 100, false);
  CHECK(limit.limit() == 100);
  for (int n = 0; n < 100; ++n) limit.note(at(n), at(n + 1000), 100, false);
  CHECK(limit.limit() == 92);
}

TEST_CASE("gradient forgets an overload faster than its long window") {
  // After latencies of one second only, 10 ms must be normal again within some 120 round trips:
  // the average of 600 alone would take more than a thousand.
  ConcurrencyLimit limit(gradient(20, 20));
  for (int n = 0; n < 20 * 600; ++n) limit.note(at(n), at(n + 1000), 20, true);
  for (int n = 0; n < 20 * 120; ++n) limit.note(at(n), at(n + 10), 20, true);
  limit.set_bounds(20, 1000);
  // 60 ms is slow again.
  for (int n = 0; n < 20 * 20; ++n) limit.note(at(n), at(n + 60), limit.limit(), true);
  CHECK(limit.limit() == 20);
}

TEST_CASE("adaptive limits find the width of a service without a deep queue") {
  for (const int width : {10, 100}) {
    INFO("width " << width);
    // Twenty seconds. It begins at 20, and takes the latency there for the usual one.
    ConcurrencyLimit by_gradient(gradient(1, 2000));
    const double settled_by_gradient = settled(by_gradient, width, 2000 * width);
    CHECK(settled_by_gradient > 0.9 * width);
    CHECK(settled_by_gradient < (width == 10 ? 60 : 200));
    ConcurrencyLimit by_aimd({Policy::aimd, 1, 2000, milliseconds(15)});
    const double settled_by_aimd = settled(by_aimd, width, 2000 * width);
    CHECK(settled_by_aimd > 0.8 * width);
    CHECK(settled_by_aimd < 2 * width);
  }
}

}  // namespace weir::test
