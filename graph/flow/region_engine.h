#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "graph/flow/accounts.h"
#include "graph/flow/border.h"
#include "graph/flow/environment.h"
#include "graph/flow/event_loop.h"
#include "graph/flow/exit.h"
#include "graph/flow/flow_graph.h"
#include "graph/flow/head_finisher.h"
#include "graph/flow/pump.h"
#include "graph/flow/reorder_buffer.h"
#include "graph/flow/stage_runner.h"
#include "graph/flow/token_pool.h"

namespace weir {

/// What the nodes of a region do with a token, from its credits to their return; and the region's
/// end: when its input is over and nothing is in flight, its stages with state finish, one after
/// the other, each by tokens of its own.
class RegionEngine final : public NodeBodies, public EventLoop::Client {
 public:
  /// What a region needs from its neighbours.
  struct Place {
    ReorderBuffer* buffer = nullptr;   ///< Where its records come in; null for the source's.
    class CallStage* calls = nullptr;  ///< The same, if it calls a stage.
    Exit* exit = nullptr;              ///< Where its records leave.
    Border* border = nullptr;          ///< Where dead letters leave; also `exit`, if no sink is.
    EventLoop* loop = nullptr;         ///< If a stage has something to do at times by itself.
    std::function<void()> done;        ///< All of it is over. Called once.
  };

  RegionEngine(Environment& env, Share& share, Accounts& accounts,
               std::vector<std::unique_ptr<StageRunner>>& runners, Place place);
  ~RegionEngine() override;

  void build(WorkerArena& arena, Intake& intake, bool blocking);
  void start();
  /// Drops all that is in flight, whose nodes must be at rest. For a stuck run.
  void drop();
  /// Waits until no body runs any more. When it is done.
  void settle() {
    if (graph_) graph_->wait();
    pump_->join();
  }
  /// The pump has to look again: there is something to take in, or a flag has changed.
  void wake_pump() { pump_->wake(); }
  /// The last node has to try again: there is room behind the exit.
  void wake_exit() { graph_ ? graph_->call_last() : pump_->poke(); }

  const TokenPool& tokens() const { return tokens_; }
  std::uint64_t ended_tokens() const { return ended_.load(std::memory_order_relaxed); }
  /// Whether some body runs.
  bool busy() const { return active_.load() > 0 || (!graph_ && pump_->working()); }

  /// A tick is due, or will be then.
  std::optional<Clock::time_point> turn() override;

  void pump() noexcept override;
  bool parallel(std::size_t segment, Token& token) noexcept override;
  std::vector<Token*> serial(std::size_t segment, Token* token) noexcept override;
  void last(Token* token) noexcept override;

 private:
  /// A serial segment may have to wait until a token that ran out of memory is through: meanwhile
  /// those behind it are held, as data.
  struct Hold {
    std::atomic<std::uint64_t> blocker{kNobody};
    std::deque<Token*> held;
  };
  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};

  const Region& region() const { return share_.region; }
  bool runs_inline() const;
  void put(Token* token);
  int slot() const { return graph_ ? WorkerArena::slot() : env_.plan.limits.threads; }
  void run_stages(Token& token, int first, int last);
  void make_own(Token& token);
  bool work_serial(std::size_t segment, Token& token);
  bool is_behind(const Token& token) const;
  void note_due(std::size_t segment);
  StageTally source_tally(const Token& token) const {
    return share_.of_source() ? token.tallies[static_cast<std::size_t>(region().first)]
                              : StageTally{};
  }
  bool deliver(Token& token);
  bool leave(Token& token);
  void admit();
  void end(Token& token);
  void pace(const Token& token);
  void release_one();
  bool finishes(std::size_t stage) const;
  void advance();

  Environment& env_;
  Share& share_;
  Accounts& accounts_;
  std::vector<std::unique_ptr<StageRunner>>& runners_;
  const Place place_;
  TokenPool tokens_;
  HeadFinisher head_;
  std::vector<Hold> holds_;
  std::deque<Token*>
      leaving_;  ///< Those in the last node that wait for room, or for one that does.
  /// None where all is serial: tokens then run on the pump's thread, one after the other.
  std::unique_ptr<FlowGraph> graph_;
  std::deque<Token*> inline_tokens_;
  bool inline_running_ = false;
  std::unique_ptr<Pump> pump_;
  bool blocking_ = false;

  std::vector<std::atomic<Clock::time_point>> dues_;  ///< Of the next tick, by segment.
  std::atomic<bool> over_{false};
  std::size_t finishing_;  ///< The stage whose `finish` comes next; used by one at a time.
  /// Tokens on their way, and one for the intake as long as it may issue more.
  std::atomic<int> alive_{1};
  std::atomic<int> active_{0};
  std::atomic<std::uint64_t> ended_{0};
};

}  // namespace weir
