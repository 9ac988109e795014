#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "graph/flow/batch/token_pool.h"
#include "graph/flow/clock/event_loop.h"
#include "graph/flow/input/region_input.h"
#include "graph/flow/pump/pump.h"
#include "graph/flow/region/flow_graph.h"
#include "graph/flow/region/head_finisher.h"
#include "graph/flow/region/region_output.h"
#include "graph/flow/stage/exit.h"
#include "graph/flow/stage/region_context.h"

namespace weir::flow {

/// One region at work: does what its nodes do with a token, from its credits to their return, and
/// ends the region. When its input is over and nothing is in flight, its stages with state finish,
/// one after the other, each with tokens of its own.
class RegionEngine final : public NodeBodies, public EventLoop::Client {
 public:
  /// The neighbours of a region.
  struct Wiring {
    RegionInput* input = nullptr;      ///< The region's input; null if a source feeds it.
    class CallStage* calls = nullptr;  ///< Null if the region calls no stage.
    Exit* exit = nullptr;              ///< The way by which records leave.
    RegionOutput* output = nullptr;    ///< The way of dead letters; also `exit`, if no sink is.
    EventLoop* loop = nullptr;         ///< Set if a stage has something to do by the clock.
    std::function<void()> done;        ///< The region is over. Called once.
  };

  RegionEngine(const RegionContext& region, Wiring wiring);
  ~RegionEngine() override;

  void build(WorkerArena& arena, BatchFiller& filler, bool blocking);
  void start();
  /// Drops all that is in flight, whose nodes must be at rest. For a stuck run.
  void drop();
  /// Waits until no body runs any longer. Call it when the region is done.
  void settle() {
    if (graph_) graph_->wait();
    pump_->join();
  }
  /// Has the pump look again: there is something to take in, or a flag has changed.
  void wake_pump() { pump_->wake(); }
  /// Has the last node try again: there is room behind the exit.
  void wake_exit() {
    wiring_.output->unblock();
    graph_ ? graph_->call_last() : pump_->poke();
  }

  const TokenPool& tokens() const { return tokens_; }
  std::uint64_t ended_tokens() const { return ended_.load(std::memory_order_relaxed); }
  /// Returns whether a node's body runs.
  bool busy() const { return active_.load() > 0 || (!graph_ && pump_->working()); }

  /// Returns whether something may leave the region soon: a batch is on its way, or will be made of
  /// what need not be waited for. `RegionOutput::quiet` follows when that ends.
  bool at_work() const;
  /// Returns whether what would leave the region waits for room.
  bool blocked() const { return wiring_.output->blocked(); }

  /// Has a tick issued if one is due, and returns when the next one is.
  std::optional<Clock::time_point> turn() override;

  void pump() noexcept override;
  bool parallel(std::size_t segment, Token& token) noexcept override;
  std::vector<Token*> serial(std::size_t segment, Token* token) noexcept override;
  void last(Token* token) noexcept override;

 private:
  /// The tokens that a serial segment holds, as data, until a token ahead of them that ran out of
  /// memory has ended.
  struct Hold {
    std::atomic<TokenNumber> blocker{kNoToken};
    std::deque<Token*> held;
  };

  const compile::Region& region() const { return region_.region(); }
  bool runs_inline() const;
  void put(Token* token);
  int slot() const { return graph_ ? WorkerArena::slot() : context_.plan.limits.threads; }
  void run_stages(Token& token, compile::IdRange<StageId> stages);
  void make_own(Token& token);
  bool work_serial(std::size_t segment, Token& token);
  bool is_behind(const Token& token) const;
  void note_due(std::size_t segment);
  StageTally source_tally(const Token& token) const {
    return quota_.of_source() ? token.tallies[region().first] : StageTally{};
  }
  bool deliver(Token& token);
  bool leave(Token& token);
  void admit();
  void end(Token& token);
  void pace(const Token& token);
  void release_one();
  bool finishes(StageId stage) const;
  void advance();

  const RegionContext region_;
  RunContext& context_;
  RegionQuota& quota_;
  const Wiring wiring_;
  TokenPool tokens_;
  HeadFinisher head_;
  std::vector<Hold> holds_;
  std::deque<Token*>
      leaving_;  ///< Tokens in the last node that wait for room, or for one that does.
  /// Null where everything is serial: tokens then run on the pump's thread, one after the other.
  std::unique_ptr<FlowGraph> graph_;
  std::deque<Token*> inline_tokens_;
  bool inline_running_ = false;
  std::unique_ptr<Pump> pump_;
  bool blocking_ = false;
  bool waits_ = false;  ///< True if its source may wait.

  std::vector<std::atomic<Clock::time_point>> dues_;  ///< The times of the next ticks, by segment.
  std::atomic<bool> over_{false};
  StageId finishing_;           ///< The stage whose `finish` comes next. One thread at a time.
  std::uint64_t finishes_ = 0;  ///< Tokens of that kind so far. One thread at a time.
  /// Tokens on their way, and one for the pump as long as it may issue more.
  std::atomic<int> alive_{1};
  std::atomic<int> active_{0};
  std::atomic<std::uint64_t> ended_{0};
};

}  // namespace weir::flow
