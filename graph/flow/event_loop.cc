#include "graph/flow/event_loop.h"

#include <sys/prctl.h>

#include <algorithm>

namespace weir {

void EventLoop::start() {
  if (clients_.empty()) return;
  finished_ = false;
  thread_ = std::thread([this] { run(); });
}

void EventLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool EventLoop::stop(Clock::time_point until) {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (!changed_.wait_until(lock, until, [this] { return finished_; })) {
      thread_.detach();
      return false;
    }
  }
  stop();
  return true;
}

void EventLoop::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (woken_) return;
    woken_ = true;
  }
  changed_.notify_all();
}

void EventLoop::run() {
  // The kernel may delay a wake-up by 50 us otherwise.
  prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    std::optional<Clock::time_point> next;
    for (Client* client : clients_) {
      const auto at = client->turn();
      if (at) next = next ? std::min(*next, *at) : at;
    }
    lock.lock();
    const auto called = [this] { return woken_ || stopping_; };
    if (next) {
      changed_.wait_until(lock, *next, called);
    } else {
      changed_.wait(lock, called);
    }
  }
  finished_ = true;
  changed_.notify_all();
}

}  // namespace weir
