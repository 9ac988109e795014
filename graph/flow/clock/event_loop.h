#pragma once

#include <chrono>
#include <condition_variable>
#include <optional>
#include <thread>
#include <vector>

#include "graph/flow/clock/timer_heap.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The run's thread for everything that waits. It runs the timers of all called stages and starts
/// their async calls, so that a waiting record does not occupy a worker thread.
class EventLoop {
 public:
  /// Something that is due at times. `turn` is called on the loop's thread.
  class Client {
   public:
    virtual ~Client() = default;
    /// Does what is due, and returns when something is due next.
    virtual std::optional<Clock::time_point> turn() = 0;
  };

  EventLoop() = default;
  ~EventLoop() { stop(); }
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void add(Client& client) { clients_.push_back(&client); }
  /// Starts the thread, if there is a client.
  void start();
  void stop();
  /// Does the same, but gives up at `until` and returns false. The thread then hangs in a client
  /// forever.
  bool stop(Clock::time_point until);
  /// Reports that something is due now, or earlier than a client said. From any thread.
  void wake();

 private:
  void run();

  std::vector<Client*> clients_;
  Mutex mutex_;
  std::condition_variable changed_;
  bool woken_ WEIR_GUARDED_BY(mutex_) = false;
  bool stopping_ WEIR_GUARDED_BY(mutex_) = false;
  bool finished_ WEIR_GUARDED_BY(mutex_) = true;
  std::thread thread_;
};

}  // namespace weir::flow
