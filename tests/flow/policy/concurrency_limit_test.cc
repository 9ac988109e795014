#include "graph/flow/policy/concurrency_limit.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <optional>
#include <queue>
#include <random>
#include <vector>

namespace weir::flow::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Policy = compile::Workers::Policy;

Clock::time_point at(int ms) { return Clock::time_point(std::chrono::hours(1)) + milliseconds(ms); }

compile::Workers aimd(int min, int max) { return {Policy::aimd, min, max, milliseconds(50)}; }
compile::Workers gradient(int min, int max) { return {Policy::gradient, min, max, {}}; }

/// A service whose calls take 4 ms each while no more than `capacity` run at once, and beyond that
/// longer the more there are: with 31 at once it gives a sixth of what it gives with 10.
struct Service {
  int capacity = 10;
  double sigma = 0;  ///< Jitter: the standard deviation of the latency's logarithm.
  bool halves = false;
  bool queues = false;  ///< What is beyond the capacity waits, instead of slowing down the rest.

  double milliseconds_at(int width, bool late) const {
    const int room = halves && late ? capacity / 2 : capacity;
    if (width <= room) return 4;
    return queues ? 4.0 * width / room : 4 + 1.5 * std::pow(width - room, 1.3);
  }
};

/// Answers a second of so many calls in a row to a service, by a caller that always uses the whole
/// limit, in virtual time; from the call `from` on.
double throughput(const Service& service, ConcurrencyLimit& limit, int answers, int from = 0,
                  nanoseconds now = {}) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  struct Call {
    nanoseconds ends;
    nanoseconds began;
    bool operator>(const Call& other) const { return ends > other.ends; }
  };
  std::priority_queue<Call, std::vector<Call>, std::greater<>> calls;
  nanoseconds begin = now;
  for (int n = 0; n < answers; ++n) {
    if (n == from) begin = now;
    while (static_cast<int>(calls.size()) < limit.limit()) {
      const double jitter = std::exp(service.sigma * (normal(random) - service.sigma / 2));
      const double ms =
          service.milliseconds_at(static_cast<int>(calls.size()) + 1, n >= answers / 2) * jitter;
      calls.push({now + nanoseconds(std::llround(ms * 1e6)), now});
    }
    const Call call = calls.top();
    now = call.ends;
    limit.note(at(0) + call.began, at(0) + now, static_cast<int>(calls.size()), true);
    calls.pop();
  }
  return (answers - from) / std::chrono::duration<double>(now - begin).count();
}

/// The best that a fixed width gives.
double best_fixed(const Service& service, int answers) {
  double best = 0;
  for (int width = 1; width <= 2 * service.capacity; ++width) {
    ConcurrencyLimit limit({Policy::fixed, width, width, {}});
    best = std::max(best, throughput(service, limit, answers));
  }
  return best;
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

TEST_CASE("adaptive limits reach the best fixed width of a service that suffers from more") {
  const int jitter = GENERATE(0, 3, 5);
  const compile::Workers workers = GENERATE(
      gradient(1, 200), aimd(1, 200), compile::Workers{Policy::aimd, 1, 200, milliseconds(5)});
  INFO("jitter 0." << jitter << ", target " << workers.target.count());
  Service service;
  service.sigma = jitter / 10.0;
  ConcurrencyLimit limit(workers);
  CHECK(throughput(service, limit, 4000) > 0.8 * best_fixed(service, 4000));
}

TEST_CASE("adaptive limits follow a service whose capacity halves") {
  const compile::Workers workers = GENERATE(gradient(1, 200), aimd(1, 200));
  // A fixed width that is best for one half is not for the other: the oracle changes with it.
  Service before;
  Service after;
  after.capacity = 5;
  const double best = 2 / (1 / best_fixed(before, 4000) + 1 / best_fixed(after, 4000));
  Service service;
  service.halves = true;
  ConcurrencyLimit limit(workers);
  CHECK(throughput(service, limit, 8000) > 0.8 * best);
}

TEST_CASE("adaptive limits find the capacity of a service that queues, without a deep queue") {
  for (const int capacity : {10, 100}) {
    for (const auto& workers : {gradient(1, 2000), aimd(1, 2000)}) {
      Service service{capacity, 0.2, false, true};
      ConcurrencyLimit limit(workers);
      CHECK(throughput(service, limit, 400 * capacity, 200 * capacity) > 0.9 * capacity / 0.004);
      CHECK(limit.limit() < 1.5 * capacity);
    }
  }
}

TEST_CASE("an adaptive limit that began in overload comes down") {
  // It learns at 60 at once, six times of what the service can bear.
  ConcurrencyLimit limit(gradient(60, 200));
  const Service service;
  throughput(service, limit, 2000);
  CHECK(limit.limit() >= 60);
  limit.set_bounds(1, 200);
  CHECK(throughput(service, limit, 4000, 1000, std::chrono::hours(1)) >
        0.8 * best_fixed(service, 4000));
}

TEST_CASE("an adaptive limit begins at its minimum") {
  for (const int min : {1, 8, 30}) {
    CHECK(ConcurrencyLimit(gradient(min, 200)).limit() == min);
    CHECK(ConcurrencyLimit(aimd(min, 200)).limit() == min);
  }
}

TEST_CASE("an adaptive limit doesn't grow while what it allows is not used") {
  for (const auto& workers : {aimd(10, 100), gradient(10, 100)}) {
    ConcurrencyLimit limit(workers);
    int most = 0;
    for (int n = 0; n < 5000; ++n) {
      limit.note(at(n), at(n + 10), 4, true);
      most = std::max(most, limit.limit());
    }
    CHECK(most <= 20);  // It tries twice its minimum once.
    CHECK(limit.limit() <= 11);
  }
}

TEST_CASE("aimd shrinks by a tenth at an error, once a round trip") {
  ConcurrencyLimit limit(aimd(1, 200));
  limit.set_bounds(100, 200);
  limit.set_bounds(2, 200);
  REQUIRE(limit.limit() == 100);
  limit.note(at(0), at(10), 100, false);
  CHECK(limit.limit() == 90);
  // These began before that decrease.
  for (int ms = 0; ms < 10; ++ms) limit.note(at(ms), at(20), 90, false);
  CHECK(limit.limit() == 90);
  for (int n = 0; n < 100; ++n) limit.note(at(100 + n), at(100 + n), 10, false);
  CHECK(limit.limit() == 2);
}

TEST_CASE("aimd keeps what calls typically take below its target") {
  // More calls at once always give more, but each takes longer: 0.1 ms for each that runs.
  ConcurrencyLimit limit({Policy::aimd, 1, 1000, milliseconds(20)});
  int widest = 0;
  for (int n = 0; n < 20'000; ++n) {
    const int width = limit.limit();
    if (n > 10'000) widest = std::max(widest, width);
    limit.note(at(100 * n), at(100 * n + 10) + width * std::chrono::microseconds(100), width, true);
  }
  CHECK(widest <= 110);  // At 100 a call takes 20 ms.
  CHECK(widest >= 90);
}

TEST_CASE("a single slow answer among many does not shrink an adaptive limit") {
  for (const auto& workers : {aimd(1, 50), gradient(1, 50)}) {
    ConcurrencyLimit limit(workers);
    for (int n = 0; n < 20'000; ++n) {
      limit.note(at(10 * n), at(10 * n + (n % 50 == 0 ? 1000 : 10)), limit.limit(), true);
    }
    CHECK(limit.limit() >= 40);
  }
}

TEST_CASE("gradient counts failures that are slower than good answers, not fast ones") {
  ConcurrencyLimit limit(gradient(1, 100));
  for (int n = 0; n < 20'000; ++n) limit.note(at(10 * n), at(10 * n + 10), limit.limit(), true);
  REQUIRE(limit.limit() >= 90);
  const int before = limit.limit();
  for (int n = 0; n < 10'000; ++n) limit.note(at(300'000), at(300'000), 100, false);
  CHECK(limit.limit() == before);
  // Timeouts that are over when fewer calls run.
  int now = 400'000;
  for (int n = 0; n < 5'000; ++n) {
    const int took = 10 + limit.limit() * limit.limit() / 10;
    limit.note(at(now), at(now + took), limit.limit(), false);
    now += took;
  }
  CHECK(limit.limit() < 30);
  // And ones that never are.
  for (int n = 0; n < 5'000; ++n) limit.note(at(now), at(now + 5'000), limit.limit(), false);
  CHECK(limit.limit() < 30);
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

}  // namespace weir::flow::test
