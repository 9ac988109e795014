#include "graph/flow/policy/token_bucket.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

namespace weir::flow::test {
namespace {

using std::chrono::nanoseconds;

const Clock::time_point kStart{std::chrono::hours(1)};

compile::RateLimit rate(double per_second, double burst = 1) { return {"", per_second, burst}; }

nanoseconds at(double seconds) { return nanoseconds(std::llround(seconds * 1e9)); }

/// How many tokens can be taken at this moment.
int taken(TokenBucket& bucket, Clock::time_point now) {
  int count = 0;
  while (!bucket.take(now)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a token bucket begins empty, and each token comes when it is due") {
  TokenBucket bucket(rate(100, 5), kStart);
  for (int n = 1; n <= 20; ++n) {
    const auto due = kStart + at(n / 100.0);
    CHECK(bucket.take(due - nanoseconds(1)) == due);
    CHECK_FALSE(bucket.take(due));
  }
}

TEST_CASE("a token bucket keeps unused tokens up to its burst") {
  TokenBucket bucket(rate(10, 3), kStart);
  CHECK(taken(bucket, kStart + at(0.25)) == 2);
  CHECK(taken(bucket, kStart + at(100.05)) == 3);
  CHECK(bucket.take(kStart + at(100.05)) == kStart + at(100.1));
  CHECK(taken(bucket, kStart + at(100.1)) == 1);
}

TEST_CASE("a burst below one, or with a fraction, is whole tokens and at least one") {
  TokenBucket half(rate(1, 0.5), kStart);
  CHECK(taken(half, kStart + at(10)) == 1);
  TokenBucket more(rate(1, 2.9), kStart);
  CHECK(taken(more, kStart + at(10)) == 2);
}

TEST_CASE("a token bucket does not drift, however late each take comes") {
  for (const double per_second : {3.0, 7.3, 999.999, 1e6 / 3}) {
    TokenBucket bucket(rate(per_second), kStart);
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> late(0, 0.9 / per_second);
    Clock::time_point due = *bucket.take(kStart);
    constexpr std::int64_t kTakes = 3'000'000;
    for (std::int64_t n = 1; n <= kTakes; ++n) {
      const auto now = due + at(late(random));
      if (bucket.take(now)) FAIL("token " << n << " is not there when it is due");
      due = *bucket.take(now);
    }
    const long double exact = (kTakes + 1) * 1e9L / per_second;
    const auto measured = static_cast<long double>((due - kStart).count());
    CHECK(std::abs(measured - exact) <= 1);
  }
}

TEST_CASE("a token that is given back can be taken again, and none is made by it") {
  TokenBucket bucket(rate(1, 2), kStart);
  const auto now = kStart + at(10);
  CHECK(taken(bucket, now) == 2);
  bucket.give_back();
  CHECK(taken(bucket, now) == 1);
  bucket.give_back();
  // It counts for the burst as any other.
  CHECK(taken(bucket, kStart + at(20)) == 2);
}

TEST_CASE("a clock that was read before another thread's is no reason for a token") {
  TokenBucket bucket(rate(10, 2), kStart);
  CHECK(taken(bucket, kStart + at(1)) == 2);
  CHECK(bucket.take(kStart + at(0.5)) == kStart + at(1.1));
  CHECK(bucket.take(kStart - at(1)) == kStart + at(1.1));
}

TEST_CASE("a very slow rate waits for ever rather than wrap around") {
  TokenBucket bucket(rate(1e-12), kStart);
  CHECK(bucket.take(kStart) == Clock::time_point::max());
  TokenBucket slow(rate(1.0 / 86400), kStart);
  CHECK(slow.take(kStart) == kStart + std::chrono::hours(24));
}

TEST_CASE("in any time a token bucket gives at most its burst, its rate, and one") {
  std::mt19937_64 random(11);
  for (int run = 0; run < 50; ++run) {
    const double per_second = std::uniform_real_distribution<double>(1, 2000)(random);
    const int burst = std::uniform_int_distribution<int>(1, 20)(random);
    TokenBucket bucket(rate(per_second, burst), kStart);
    std::vector<Clock::time_point> takes;
    auto now = kStart;
    for (int step = 0; step < 400; ++step) {
      now += at(std::exponential_distribution<double>(per_second / (step % 9 + 1))(random));
      for (int n = taken(bucket, now); n > 0; --n) takes.push_back(now);
    }
    REQUIRE(takes.size() > 100);
    for (std::size_t first = 0; first < takes.size(); first += 3) {
      for (std::size_t last = first; last < takes.size(); ++last) {
        const double seconds = std::chrono::duration<double>(takes[last] - takes[first]).count();
        if (static_cast<double>(last - first + 1) > burst + seconds * per_second + 1.001) {
          FAIL(last - first + 1 << " takes in " << seconds << " s, burst " << burst);
        }
      }
    }
  }
}

TEST_CASE("stages that share a token bucket take each token once") {
  TokenBucket bucket(rate(1000, 1e6), kStart);
  std::atomic<int> count{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int ms = 0; ms <= 5000; ++ms) {
        count += taken(bucket, kStart + std::chrono::milliseconds(ms));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(count == 5000);
}

TEST_CASE("a token goes to who waits with the oldest record") {
  const Clock::time_point start{};
  TokenBucket bucket({"", 10, 1}, start);
  const auto at = [&](int tenths) { return start + tenths * std::chrono::milliseconds(100); };
  int young = 0;
  int old = 0;
  REQUIRE(bucket.take_in_turn(start, &young, OriginPlace{TokenNumber(7), 0, SourceId()}) == at(1));
  REQUIRE(bucket.take_in_turn(start, &old, OriginPlace{TokenNumber(3), 0, SourceId()}) == at(1));
  CHECK(bucket.take_in_turn(at(1), &young, OriginPlace{TokenNumber(7), 0, SourceId()}) ==
        at(1) + std::chrono::milliseconds(1));
  CHECK_FALSE(bucket.take_in_turn(at(1), &old, OriginPlace{TokenNumber(3), 0, SourceId()}));
  CHECK_FALSE(bucket.take_in_turn(at(2), &young, OriginPlace{TokenNumber(7), 0, SourceId()}));
  REQUIRE(bucket.take_in_turn(at(2), &old, OriginPlace{TokenNumber(4), 0, SourceId()}) == at(3));
  bucket.withdraw(&old);
  CHECK_FALSE(bucket.take_in_turn(at(3), &young, OriginPlace{TokenNumber(8), 0, SourceId()}));
}

}  // namespace weir::flow::test
