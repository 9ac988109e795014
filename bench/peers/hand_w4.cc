// W4 written by hand: `hand_w4 heap|threads --input PATH --output PATH --width N --window N`.
// heap: one thread and a heap of due times. threads: one thread for each concurrent wait.

#include <condition_variable>
#include <mutex>
#include <queue>
#include <thread>

#include "bench/peers/waits.h"

namespace {

using namespace bench;
using Clock = std::chrono::steady_clock;

/// W4 with one thread.
void heap(Waits& waits) {
  using Due = std::pair<Clock::time_point, std::uint64_t>;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due;
  std::vector<bool> done(waits.count());
  std::uint64_t next = 0;
  std::uint64_t written = 0;
  while (written < waits.count()) {
    Clock::time_point now = Clock::now();
    while (next < waits.count() && due.size() < waits.width && next < written + waits.window) {
      due.emplace(now + waits.time(next), next);
      ++next;
    }
    std::this_thread::sleep_until(due.top().first);
    now = Clock::now();
    for (; !due.empty() && due.top().first <= now; due.pop()) done[due.top().second] = true;
    for (; written < next && done[written]; ++written) waits.write(written);
  }
}

/// W4 with one thread for each concurrent wait.
class Threads {
 public:
  explicit Threads(Waits& waits) : waits_(waits), done_(waits.count()) {}

  void run() {
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < std::min(waits_.width, waits_.count()); ++i) {
      threads.emplace_back([this] { body(); });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  void body() {
    std::unique_lock lock(mutex_);
    for (;;) {
      room_.wait(lock, [&] { return next_ == done_.size() || next_ < written_ + waits_.window; });
      if (next_ == done_.size()) return room_.notify_all();
      const std::uint64_t item = next_++;
      lock.unlock();
      std::this_thread::sleep_for(waits_.time(item));
      lock.lock();
      done_[item] = true;
      const std::uint64_t before = written_;
      for (; written_ < done_.size() && done_[written_]; ++written_) waits_.write(written_);
      if (written_ > before) room_.notify_all();
    }
  }

  Waits& waits_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<bool> done_;
  std::uint64_t next_ = 0;
  std::uint64_t written_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argc, argv);
  const Stopwatch stopwatch;
  Waits waits(arguments);
  if (arguments.mode() == "threads") {
    Threads(waits).run();
  } else {
    heap(waits);
  }
  const bool good = waits.finish();
  print_result(stopwatch.seconds(), waits.count(), 0);
  return good ? 0 : 1;
}
