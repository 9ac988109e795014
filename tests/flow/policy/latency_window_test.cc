#include "graph/flow/policy/latency_window.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <deque>
#include <random>
#include <vector>

#include "graph/flow/policy/hedge_budget.h"

namespace weir::flow::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// The nearest-rank percentile.
nanoseconds exact(std::vector<nanoseconds> values, double percent) {
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

bool close(nanoseconds measured, nanoseconds expected) {
  return std::abs(static_cast<double>((measured - expected).count())) <=
         0.05 * static_cast<double>(expected.count());
}

}  // namespace

TEST_CASE("every latency is within a twentieth of the middle of its bucket") {
  std::mt19937_64 random(2);
  std::vector<std::int64_t> values = {0, 1, 15, 16, 17, 31, 32, 33, nanoseconds::max().count()};
  for (int n = 0; n < 100'000; ++n)
    values.push_back(static_cast<std::int64_t>(random() >> (1 + random() % 63)));
  for (const std::int64_t value : values) {
    const int bucket = LatencyHistogram::bucket(nanoseconds(value));
    REQUIRE(bucket >= 0);
    REQUIRE(bucket < LatencyHistogram::kBuckets);
    if (!close(LatencyHistogram::middle(bucket), nanoseconds(value))) FAIL(value);
  }
  CHECK(LatencyHistogram::bucket(nanoseconds(-5)) == 0);
}

TEST_CASE("buckets follow each other without a gap") {
  for (int bucket = 1; bucket < LatencyHistogram::kBuckets; ++bucket) {
    const nanoseconds middle = LatencyHistogram::middle(bucket);
    REQUIRE(LatencyHistogram::bucket(middle) == bucket);
    REQUIRE(middle > LatencyHistogram::middle(bucket - 1));
  }
}

TEST_CASE("a percentile needs twenty latencies") {
  LatencyWindow window;
  CHECK_FALSE(window.percentile(50));
  for (int n = 0; n < 19; ++n) window.note(milliseconds(7));
  CHECK_FALSE(window.percentile(50));
  window.note(milliseconds(7));
  REQUIRE(window.percentile(50));
  CHECK(close(*window.percentile(50), milliseconds(7)));
  CHECK(LatencyHistogram().percentile(99) == nanoseconds(0));
}

TEST_CASE("percentiles are those of the last thousand latencies, and of the whole run") {
  std::mt19937_64 random(4);
  std::lognormal_distribution<double> latency(15, 2);
  LatencyWindow window;
  std::deque<nanoseconds> recent;
  std::vector<nanoseconds> all;
  for (int n = 1; n <= 6000; ++n) {
    const nanoseconds value(std::llround(latency(random) * (n > 3000 ? 50 : 1)));
    window.note(value);
    recent.push_back(value);
    all.push_back(value);
    if (recent.size() > 1000) recent.pop_front();
    if (n % 250 != 0) continue;
    for (const double percent : {0.0, 1.0, 50.0, 90.0, 95.0, 99.0, 99.9, 100.0}) {
      INFO("after " << n << " at p" << percent);
      REQUIRE(close(*window.percentile(percent), exact({recent.begin(), recent.end()}, percent)));
      REQUIRE(close(window.whole_run().percentile(percent), exact(all, percent)));
    }
  }
  CHECK(window.whole_run().count() == 6000);
}

TEST_CASE("the window forgets a slow time altogether") {
  LatencyWindow window;
  for (int n = 0; n < 5000; ++n) window.note(std::chrono::seconds(10));
  for (int n = 0; n < 1000; ++n) window.note(milliseconds(1));
  CHECK(close(*window.percentile(100), milliseconds(1)));
  CHECK(close(window.whole_run().percentile(50), std::chrono::seconds(10)));
}

TEST_CASE("hedges stay under their share of calls") {
  HedgeBudget budget(0.05, 1);
  CHECK(budget.take());
  CHECK_FALSE(budget.take());
  int hedges = 1;
  for (int calls = 1; calls <= 100'000; ++calls) {
    budget.call();
    while (budget.take()) ++hedges;
    REQUIRE(hedges == 1 + calls / 20);
  }
}

TEST_CASE("at most ten hedges are saved up") {
  HedgeBudget budget(0.5, 1);
  for (int calls = 0; calls < 1000; ++calls) budget.call();
  int hedges = 0;
  while (budget.take()) ++hedges;
  CHECK(hedges == 10);
}

TEST_CASE("a share of nothing never hedges") {
  HedgeBudget budget(0, 1);
  for (int calls = 0; calls < 1000; ++calls) budget.call();
  CHECK_FALSE(budget.take());
}

TEST_CASE("a budget saves hedges for a full house of calls") {
  HedgeBudget budget(1.0, 50);
  for (int i = 0; i < 1000; ++i) budget.call();
  int taken = 0;
  while (budget.take()) ++taken;
  CHECK(taken == 50);
}

}  // namespace weir::flow::test
