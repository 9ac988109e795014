#include "graph/flow/clock/event_loop.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <random>

#include "tests/machine/eventually.h"
#include "tests/machine/threads.h"

namespace weir::flow::test {
namespace {

using std::chrono::microseconds;

/// Timers under a lock, as a called stage has them.
class Timers final : public EventLoop::Client {
 public:
  explicit Timers(std::size_t count) : timers_(count) {}

  std::optional<Clock::time_point> turn() override {
    const std::lock_guard lock(mutex_);
    ++turns;
    const auto now = Clock::now();
    while (heap_.pop_due(now)) ++done;
    said_ = heap_.next();
    return said_;
  }
  void set(std::size_t timer, Clock::time_point at) {
    const std::lock_guard lock(mutex_);
    heap_.set(timers_[timer], at);
  }
  /// What the last turn said there is to wait for.
  std::optional<Clock::time_point> said() const {
    const std::lock_guard lock(mutex_);
    return said_;
  }

  std::atomic<std::uint64_t> turns{0};
  std::atomic<std::uint64_t> done{0};

 private:
  mutable std::mutex mutex_;
  std::vector<Timer> timers_;
  TimerHeap heap_;
  std::optional<Clock::time_point> said_;
};

/// How long something is, where nothing happens: until a loop of its own has turned so often.
bool while_another_turns(std::uint64_t times) {
  Timers timers(1);
  EventLoop loop;
  loop.add(timers);
  loop.start();
  for (std::uint64_t i = 0; i < times; ++i) {
    timers.set(0, Clock::now() + microseconds(500));
    loop.wake();
    if (!eventually([&] { return timers.done.load() > i; })) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("without clients the loop needs no thread, and stops") {
  const std::size_t before = threads_now();
  EventLoop loop;
  loop.start();
  CHECK(threads_now() <= before);
  loop.wake();
  CHECK_NOTHROW(loop.stop());
}

TEST_CASE("timers that many threads set all come, and the loop turns for nothing else") {
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
  CHECK(eventually([&] { return timers.done.load() == kThreads * kEach; }));
  others.set(0, Clock::now());
  loop.wake();
  CHECK(eventually([&] { return others.done.load() == 1; }));
  loop.stop();
  // As it starts; for each wake; for each timer that comes.
  CHECK(timers.turns.load() <= 1 + 2 * (kThreads * kEach + 1));
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
    REQUIRE(eventually([&] { return timers.done.load() > before; }));
  }
  CHECK(timers.done.load() == 5000);
}

TEST_CASE("a loop with nothing to do does not turn") {
  Timers timers(1);
  EventLoop loop;
  loop.add(timers);
  loop.start();
  REQUIRE(eventually([&] { return timers.turns.load() > 0; }));
  CHECK(while_another_turns(40));
  CHECK(timers.turns.load() == 1);
  loop.stop();
  loop.wake();
  CHECK(timers.turns.load() == 1);
}

TEST_CASE("a timer that is due later does not delay an earlier one") {
  Timers timers(2);
  EventLoop loop;
  loop.add(timers);
  loop.start();
  const auto later = Clock::now() + std::chrono::hours(1);
  timers.set(0, later);
  loop.wake();
  REQUIRE(eventually([&] { return timers.said() == later; }));
  timers.set(1, Clock::now() + microseconds(500));
  loop.wake();
  CHECK(eventually([&] { return timers.done.load() == 1; }));
  CHECK(eventually([&] { return timers.said() == later; }));
}

}  // namespace weir::flow::test
