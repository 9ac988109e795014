#include "graph/flow/clock/event_loop.h"

#include <sys/prctl.h>

#include <algorithm>

namespace weir::flow {

void EventLoop::start() {
  if (clients_.empty()) return;
  {
    const Lock lock(mutex_);
    finished_ = false;
  }
  thread_ = std::thread([this] { run(); });
}

void EventLoop::stop() {
  {
    const Lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool EventLoop::stop(Clock::time_point until) {
  {
    Lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (!lock.wait_until(changed_, until, [this]() WEIR_REQUIRES(mutex_) { return finished_; })) {
      thread_.detach();
      return false;
    }
  }
  stop();
  return true;
}

void EventLoop::wake() {
  {
    const Lock lock(mutex_);
    if (woken_) return;
    woken_ = true;
  }
  changed_.notify_all();
}

void EventLoop::run() {
  // Otherwise the kernel may delay a wake-up by 50 us.
  prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
  Lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    std::optional<Clock::time_point> next;
    for (Client* client : clients_) {
      const auto at = client->turn();
      if (at) next = next ? std::min(*next, *at) : at;
    }
    lock.lock();
    const auto called = [this]() WEIR_REQUIRES(mutex_) { return woken_ || stopping_; };
    if (next) {
      lock.wait_until(changed_, *next, called);
    } else {
      lock.wait(changed_, called);
    }
  }
  finished_ = true;
  changed_.notify_all();
}

}  // namespace weir::flow
