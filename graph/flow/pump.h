#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "graph/flow/environment.h"
#include "graph/flow/stage_runner.h"
#include "graph/flow/token_pool.h"

namespace weir {

/// Drives the source: takes credits, lets it read into a token, numbers the token, and hands it on.
/// Without credits it parks; the end of a token wakes it. A source that waits gets a thread of its
/// own, any other is run by the arena's workers.
class Pump {
 public:
  struct Hooks {
    std::function<void()> admit;      ///< One more token is on its way: counted, then put.
    std::function<void(Token*)> put;  ///< Takes a numbered token into the graph.
    std::function<void()> schedule;   ///< Runs `run` on a worker, soon.
    std::function<void()> ended;      ///< Nothing more will be issued. Called once.
  };

  Pump(Environment& env, StageRunner& source, TokenPool& tokens, Hooks hooks);
  ~Pump();

  /// Starts reading; `blocking`: on a thread of its own.
  void start(bool blocking);
  /// Reads until it has to park or the input ends. For the arena's workers.
  void run();
  /// A worker has begun with a token, or one has ended: perhaps there is room again.
  void token_begun();
  void token_ended();
  /// Makes a source that waits come back, and a parked pump look at the flags again.
  void stop();

  std::uint64_t next_sequence() { return sequence_++; }
  /// Whether it is inside the source's `read`, which may wait for the outside world.
  bool reading() const { return reading_.load(std::memory_order_acquire); }

 private:
  enum class Step : std::uint8_t { progress, issued, parked, ended };
  enum class State : std::uint8_t { running, parked, ended };

  Step step();
  Step read_into(Token* token);
  bool issue(Token& token);
  bool may_read() const;
  std::uint64_t bytes_for(std::uint32_t records) const;
  int window() const;
  int depth() const;
  void wake();
  void wake_if_roomy();
  void thread_main();

  Environment& env_;
  StageRunner& source_;
  TokenPool& tokens_;
  Hooks hooks_;
  std::uint64_t sequence_ = 0;
  bool begun_ = false;
  bool ended_ = false;
  Token* read_ = nullptr;  ///< What the last step read, to be issued.
  /// How many tokens had ended when memory ran out.
  std::atomic<std::uint64_t> starved_at_{~std::uint64_t{0}};
  std::atomic<std::uint64_t> ended_tokens_{0};
  std::atomic<int> waiting_{0};
  std::atomic<State> state_{State::running};
  std::atomic<bool> reading_{false};

  std::atomic<bool> stop_flag_{false};
  int stop_fd_ = -1;
  bool own_thread_ = false;  ///< Known before the thread runs, unlike `thread_`.
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace weir
