#include "graph/flow/policy/backoff.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <random>

namespace weir::flow::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Jitter = compile::RetryPolicy::Jitter;

compile::RetryPolicy policy(nanoseconds first, nanoseconds most, Jitter jitter) {
  return {10, first, most, most, jitter};
}

constexpr std::uint64_t kMostRandom = ~std::uint64_t{0};

}  // namespace

TEST_CASE("backoff doubles up to its maximum") {
  const compile::RetryPolicy plain = policy(milliseconds(100), milliseconds(750), Jitter::none);
  CHECK(backoff(plain, 1, 0) == milliseconds(100));
  CHECK(backoff(plain, 2, 0) == milliseconds(200));
  CHECK(backoff(plain, 3, kMostRandom) == milliseconds(400));
  CHECK(backoff(plain, 4, 0) == milliseconds(750));
  CHECK(backoff(plain, 1000, 0) == milliseconds(750));
}

TEST_CASE("backoff never overflows") {
  const compile::RetryPolicy huge = policy(nanoseconds(3), nanoseconds::max(), Jitter::none);
  CHECK(backoff(huge, 60, 0) == nanoseconds(3LL << 59));
  for (const int failed : {63, 64, 65, 1000, 2'000'000'000}) {
    CHECK(backoff(huge, failed, 0) == nanoseconds::max());
  }
  const compile::RetryPolicy full = policy(nanoseconds(3), nanoseconds::max(), Jitter::full);
  CHECK(backoff(full, 1000, kMostRandom) == nanoseconds::max());
}

TEST_CASE("a backoff above the maximum, or of nothing, stays what it can be") {
  CHECK(backoff(policy(milliseconds(50), milliseconds(20), Jitter::none), 1, 0) ==
        milliseconds(20));
  CHECK(backoff(policy(nanoseconds(0), milliseconds(20), Jitter::none), 1'000'000'000, 0) ==
        nanoseconds(0));
}

TEST_CASE("full jitter is anything from nothing to the whole backoff, evenly") {
  const compile::RetryPolicy full = policy(milliseconds(100), milliseconds(400), Jitter::full);
  CHECK(backoff(full, 2, 0) == nanoseconds(0));
  CHECK(backoff(full, 2, kMostRandom) == milliseconds(200));
  std::mt19937_64 random(1);
  std::array<int, 10> tenths{};
  for (int n = 0; n < 100'000; ++n) {
    const nanoseconds wait = backoff(full, 5, random());
    REQUIRE(wait >= nanoseconds(0));
    REQUIRE(wait <= milliseconds(400));
    ++tenths[static_cast<std::size_t>(std::min<std::int64_t>(9, wait / milliseconds(40)))];
  }
  for (const int count : tenths) {
    CHECK(count > 9'500);
    CHECK(count < 10'500);
  }
}

}  // namespace weir::flow::test
