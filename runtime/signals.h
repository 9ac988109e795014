#pragma once

#include <functional>
#include <thread>

namespace weir {

/// Takes SIGINT and SIGTERM off all threads and gives them to `on_signal`, one after the other, on
/// a thread of its own. `block` comes first, before any other thread is made. The
/// same signal within 100 ms is the same one still. The third ends the process at once: a stage
/// that never returns cannot hold it.
class Signals {
 public:
  explicit Signals(std::function<void(int signal)> on_signal);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Blocks both signals in this thread and those that it will make.
  static void block();

 private:
  void listen();

  std::function<void(int)> on_signal_;
  int signal_fd_;
  int stop_fd_;
  std::thread thread_;
};

}  // namespace weir
