#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "graph/flow/timer_heap.h"

namespace weir {

/// The run's thread for everything that waits: it keeps the timers of all called stages and begins
/// their async calls, so that a wait costs no thread and wakes no worker that computes.
class EventLoop {
 public:
  class Client {
   public:
    virtual ~Client() = default;
    /// Does what is due, and says when there will be something again.
    virtual std::optional<Clock::time_point> turn() = 0;
  };

  EventLoop() = default;
  ~EventLoop() { stop(); }
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void add(Client& client) { clients_.push_back(&client); }
  /// Starts the thread, if there is anybody to serve.
  void start();
  void stop();
  /// The same, but gives up at `until`: false; the thread then hangs in a client for ever.
  bool stop(Clock::time_point until);
  /// Something is due now, or earlier than was said. From any thread.
  void wake();

 private:
  void run();

  std::vector<Client*> clients_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  bool finished_ = true;
  std::thread thread_;
};

}  // namespace weir
