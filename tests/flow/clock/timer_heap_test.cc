#include "graph/flow/clock/timer_heap.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

namespace weir::flow::test {
namespace {

Clock::time_point at(std::int64_t n) { return Clock::time_point(Clock::duration(n)); }

}  // namespace

TEST_CASE("an empty heap has nothing due") {
  TimerHeap heap;
  CHECK(heap.empty());
  CHECK_FALSE(heap.next());
  CHECK(heap.pop_due(at(1000)) == nullptr);
}

TEST_CASE("a timer that is set anew has its new time, and one that is dropped is gone") {
  TimerHeap heap;
  Timer a;
  Timer b;
  heap.set(a, at(10));
  heap.set(b, at(20));
  heap.set(a, at(30));
  CHECK(heap.next() == at(20));
  CHECK(heap.pop_due(at(19)) == nullptr);
  CHECK(heap.pop_due(at(20)) == &b);
  CHECK_FALSE(b.set());
  heap.drop(b);
  CHECK(heap.next() == at(30));
  heap.drop(a);
  heap.drop(a);
  CHECK(heap.empty());
}

TEST_CASE("the heap does what a sorted set does") {
  const unsigned seed = GENERATE(range(0u, 20u));
  std::mt19937 random(seed);
  constexpr std::size_t kTimers = 200;
  std::vector<Timer> timers(kTimers);
  TimerHeap heap;
  std::set<std::pair<Clock::time_point, Timer*>> reference;
  for (int step = 0; step < 20'000; ++step) {
    Timer& timer = timers[random() % kTimers];
    switch (random() % 4) {
      case 0:
      case 1: {
        // Few times, so that many are alike.
        reference.erase({timer.at, &timer});
        heap.set(timer, at(static_cast<std::int64_t>(random() % 100)));
        reference.emplace(timer.at, &timer);
        break;
      }
      case 2:
        if (timer.set()) reference.erase({timer.at, &timer});
        heap.drop(timer);
        break;
      default: {
        const auto now = at(static_cast<std::int64_t>(random() % 100));
        Timer* const due = heap.pop_due(now);
        const bool expected = !reference.empty() && reference.begin()->first <= now;
        REQUIRE((due != nullptr) == expected);
        if (!due) break;
        REQUIRE(due->at == reference.begin()->first);
        REQUIRE(reference.erase({due->at, due}) == 1);
      }
    }
    REQUIRE(heap.empty() == reference.empty());
    if (!reference.empty()) REQUIRE(heap.next() == reference.begin()->first);
  }
}

}  // namespace weir::flow::test
