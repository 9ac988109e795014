#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "graph/flow/environment.h"
#include "graph/flow/intake.h"
#include "graph/flow/share.h"
#include "graph/flow/token_pool.h"

namespace weir {

/// Drives a region's intake: lets it fill a token when there is room for one, numbers the token,
/// and hands it on. Without room it parks; the end of a token, or something to take in, wakes it.
/// An intake that waits gets a thread of its own, any other is run by the arena's workers.
class Pump {
 public:
  struct Hooks {
    std::function<void()> admit;      ///< One more token is on its way: counted, then put.
    std::function<void(Token*)> put;  ///< Takes a numbered token into the graph.
    std::function<void()> schedule;   ///< Runs `run` on a worker, soon.
    std::function<void()> ended;      ///< Nothing more will be issued. Called once.
    /// Somebody has poked: where the graph runs on the pump's own thread, which then stays until
    /// `stop`.
    std::function<void()> poked;
  };

  Pump(Environment& env, Share& share, Intake& intake, TokenPool& tokens, Hooks hooks);
  ~Pump();

  /// Starts; `blocking`: on a thread of its own.
  void start(bool blocking);
  /// Works until it has to park or the input ends. For the arena's workers.
  void run();
  /// A worker has begun with a token, or one has ended: perhaps there is room again.
  void token_begun();
  void token_ended();
  /// There is something to take in, or a flag has changed.
  void wake();
  /// Has a tick issued: a batch without records.
  void tick();
  /// Has `Hooks::poked` called on the pump's own thread.
  void poke();
  /// Waits for its own thread, if it has one. After `ended`, or `stop`.
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  /// Lets that thread end. From the thread itself.
  void stop() { stopped_ = true; }

  std::uint64_t next_sequence() { return sequence_++; }
  /// Whether its own thread is at work.
  bool working() const { return working_.load(std::memory_order_acquire); }

 private:
  enum class Step : std::uint8_t { progress, issued, parked, ended };
  enum class State : std::uint8_t { running, parked, ended };

  Step step();
  Step fill(Token* token);
  bool issue(Token& token);
  void issue_tick();
  bool may_fill() const;
  int window() const;
  int depth() const;
  void wake_if_roomy();
  void thread_main();

  Environment& env_;
  Share& share_;
  Intake& intake_;
  TokenPool& tokens_;
  Hooks hooks_;
  std::uint64_t sequence_ = 0;
  bool begun_ = false;
  bool ended_ = false;
  Token* filled_ = nullptr;  ///< What the last step filled, to be issued.
  /// How many tokens had ended when memory ran out.
  std::atomic<std::uint64_t> starved_at_{~std::uint64_t{0}};
  std::atomic<std::uint64_t> ended_tokens_{0};
  std::atomic<int> waiting_{0};
  std::atomic<State> state_{State::running};
  std::atomic<bool> poked_{false};
  std::atomic<bool> tick_{false};
  Rank last_rank_;  ///< How far the last batch was.
  std::atomic<bool> working_{false};
  std::atomic<bool> stopped_{false};
  bool own_thread_ = false;  ///< Known before the thread runs, unlike `thread_`.
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace weir
