#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace weir::cli {

/// Receives the signals that ask a process to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, and
/// SIGPIPE and SIGXFSZ if they come from outside) in place of all other threads, and passes them to
/// `on_signal`, one at a time, on a thread of its own. Call `block` first, before any other thread
/// is made. A signal that nohup(1) ignores stays ignored. The same signal within 100 ms counts
/// once, and so does SIGXCPU, which comes every second. The third signal ends the process at once,
/// so that a stage that never returns cannot hold it.
class Signals {
 public:
  explicit Signals(std::function<void(int signal)> on_signal);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Blocks the signals in this thread and those that it will make.
  static void block();

 private:
  void listen();
  bool is_echo(int signal);

  std::function<void(int)> on_signal_;
  int signal_fd_;
  int stop_fd_;
  int last_ = 0;
  std::chrono::steady_clock::time_point last_at_;
  std::thread thread_;
};

}  // namespace weir::cli
