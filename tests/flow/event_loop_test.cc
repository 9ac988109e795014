#include "graph/flow/event_loop.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <random>

namespace weir {
namespace {

using std::chrono::microseconds;

/// Timers under a lock, as a called stage has them; counts what came too early.
class Timers final : public EventLoop::Client {
 public:
  explicit Timers(std::size_t count) : timers_(count) {}

  std::optional<Clock::time_point> turn() override {
    const std::lock_guard lock(mutex_);
    ++turns;
    const auto now = Clock::now();
    while (const Timer* timer = heap_.pop_due(now)) {
      if (timer->at > Clock::now()) ++early;
      ++done;
    }
    return heap_.next();
  }
  void set(std::size_t timer, Clock::time_point at) {
    const std::lock_guard lock(mutex_);
    heap_.set(timers_[timer], at);
  }

  std::atomic<std::uint64_t> turns{0};
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> early{0};

 private:
  std::mutex mutex_;
  std::vector<Timer> timers_;
  TimerHeap heap_;
};

/// Hangs for ever if it never comes: then the test's own time limit ends it.
template <class Condition>
void wait_for(Condition condition) {
  while (!condition()) std::this_thread::sleep_for(microseconds(50));
}

}  // namespace

TEST_CASE("without clients the loop needs no thread, and stops") {
  EventLoop loop;
  loop.start();
  loop.wake();
  CHECK_NOTHROW(loop.stop());
}

TEST_CASE("timers that many threads set all come, none too early") {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 500;
  Timers timers(kThreads * kEach);
  Timers others(1);
  EventLoop loop;
  loop.add(timers);
  loop.add(others);
  loop.start();
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(t);
      for (std::size_t i = 0; i < kEach; ++i) {
        timers.set(t * kEach + i, Clock::now() + microseconds(random() % 3000));
        loop.wake();
        if (random() % 8 == 0) std::this_thread::sleep_for(microseconds(random() % 300));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  wait_for([&] { return timers.done.load() == kThreads * kEach; });
  CHECK(timers.early.load() == 0);
  others.set(0, Clock::now());
  loop.wake();
  wait_for([&] { return others.done.load() == 1; });
  loop.stop();
}

TEST_CASE("each wake is followed by a turn") {
  Timers timers(1);
  EventLoop loop;
  loop.add(timers);
  loop.start();
  for (int i = 0; i < 5000; ++i) {
    // Set after any turn that goes on now may have looked: only a later turn finds it.
    const std::uint64_t before = timers.done.load();
    timers.set(0, Clock::now());
    loop.wake();
    wait_for([&] { return timers.done.load() > before; });
  }
  CHECK(timers.done.load() == 5000);
}

TEST_CASE("a loop with nothing to do does not turn") {
  Timers timers(1);
  EventLoop loop;
  loop.add(timers);
  loop.start();
  wait_for([&] { return timers.turns.load() > 0; });
  const std::uint64_t before = timers.turns.load();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(timers.turns.load() <= before + 1);
  loop.stop();
  const std::uint64_t stopped = timers.turns.load();
  loop.wake();
  CHECK(timers.turns.load() == stopped);
}

TEST_CASE("a timer that is due later does not delay an earlier one") {
  Timers timers(2);
  EventLoop loop;
  loop.add(timers);
  loop.start();
  timers.set(0, Clock::now() + std::chrono::hours(1));
  loop.wake();
  wait_for([&] { return timers.turns.load() > 0; });
  timers.set(1, Clock::now() + microseconds(500));
  loop.wake();
  wait_for([&] { return timers.done.load() == 1; });
  CHECK(timers.early.load() == 0);
}

}  // namespace weir
