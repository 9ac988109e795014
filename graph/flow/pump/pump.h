#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <thread>

#include "graph/flow/batch/region_quota.h"
#include "graph/flow/batch/token_pool.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/pump/batch_filler.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// Drives a region's filler: lets it fill a token when there is room for one, numbers the token and
/// hands it on. Without room the pump parks, until a token ends or there is something to fill one
/// with. A filler that blocks gets a thread of its own; any other runs on the worker threads of the
/// arena.
class Pump {
 public:
  /// The functions by which a pump acts on its region.
  struct Hooks {
    std::function<void()> admit;      ///< Counts one more token on its way, before `put`.
    std::function<void(Token*)> put;  ///< Takes a numbered token into the graph.
    std::function<void()> schedule;   ///< Runs `run` on a worker thread, soon.
    std::function<void()> ended;      ///< Nothing more will be issued. Called once.
    std::function<void()> parked;     ///< The pump has nothing to do for now.
    /// Called after `poke`. Set where the graph runs on the pump's own thread, which then lives
    /// until `stop`.
    std::function<void()> poked;
  };

  Pump(RunContext& context, RegionQuota& quota, BatchFiller& filler, TokenPool& tokens,
       Hooks hooks);
  ~Pump();

  /// Starts the pump, if `blocking` on a thread of its own.
  void start(bool blocking);
  /// Works until the pump has to park or the input ends. For the worker threads of the arena.
  void run();
  /// Reports that a worker thread has begun with a token, or that one has ended: there may be room
  /// again.
  void token_begun();
  void token_ended();
  /// Wakes a parked pump: there is something to take in, or a flag has changed.
  void wake();
  /// Has a tick issued, a batch without records.
  void tick();
  /// Has `Hooks::poked` called on the pump's own thread.
  void poke();
  /// Waits for the pump's own thread, if it has one. Call it after `ended` or `stop`.
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  /// Lets that thread end. Call it on the thread itself.
  void stop() { stopped_ = true; }

  TokenNumber take_number() { return std::exchange(next_number_, next_number_.next()); }
  /// Returns whether the pump has something to do, or is taking it in.
  bool running() const {
    const auto runs = [this] { return state_.load() == State::running; };
    return runs() || parking_.load() > 0 || runs();
  }
  /// Returns whether its own thread is working.
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

  RunContext& context_;
  RegionQuota& quota_;
  BatchFiller& filler_;
  TokenPool& tokens_;
  Hooks hooks_;
  TokenNumber next_number_;
  bool begun_ = false;
  bool ended_ = false;
  Token* filled_ = nullptr;  ///< The token that the last step filled, to be issued.
  /// The number of tokens that had ended when memory ran out.
  std::atomic<std::uint64_t> starved_at_{~std::uint64_t{0}};
  std::atomic<std::uint64_t> ended_tokens_{0};
  std::atomic<int> waiting_{0};
  std::atomic<State> state_{State::running};
  std::atomic<int> parking_{0};  ///< Threads that look once more before the pump parks.
  std::atomic<bool> poked_{false};
  std::atomic<bool> tick_{false};
  MergeRank last_rank_;  ///< The frontier of the last batch.
  std::atomic<bool> working_{false};
  std::atomic<bool> stopped_{false};
  bool own_thread_ = false;  ///< Known before the thread runs, unlike `thread_`.
  std::thread thread_;
  Mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace weir::flow
