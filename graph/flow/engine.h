#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/flow/accounts.h"
#include "graph/flow/environment.h"
#include "graph/flow/flow_graph.h"
#include "graph/flow/head_finisher.h"
#include "graph/flow/pump.h"
#include "graph/flow/sink_writer.h"
#include "graph/flow/stage_runner.h"
#include "graph/flow/token_pool.h"

namespace weir {

/// What the nodes of the graph do with a token, from the source's credit to its return; and the end
/// of the run: when the input is over and nothing is in flight, the serial stages finish, one after
/// the other, each by tokens of its own.
class Engine final : public NodeBodies {
 public:
  Engine(Environment& env, int tokens);
  ~Engine() override;

  void start();
  /// Waits up to `patience` for the end of the run; false: not yet.
  bool wait(std::chrono::milliseconds patience);
  /// Drops all that is in flight, whose nodes must be at rest. For a stuck run.
  void drop();
  /// Waits until no body runs any more.
  void settle() { graph_->wait(); }
  void stop_reading();

  Accounts& accounts() { return accounts_; }
  const TokenPool& tokens() const { return tokens_; }
  std::uint64_t ended_tokens() const { return ended_.load(std::memory_order_relaxed); }
  /// Whether some body runs, or the source waits for the outside world.
  bool busy() const { return active_.load() > 0 || pump_->reading(); }

  void pump() noexcept override;
  bool parallel(std::size_t segment, Token& token) noexcept override;
  std::vector<Token*> serial(std::size_t segment, Token* token) noexcept override;
  void last(Token& token) noexcept override;

 private:
  /// A serial segment may have to wait until a token that ran out of memory is through: meanwhile
  /// those behind it are held, as data.
  struct Hold {
    std::atomic<std::uint64_t> blocker{kNobody};
    std::deque<Token*> held;
  };
  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};

  void run_stages(Token& token, int first, int last);
  bool work_serial(std::size_t segment, Token& token);
  void admit();
  void end(Token& token);
  void pace(const Token& token);
  void release_one();
  bool finishes(std::size_t stage) const;
  void advance();

  Environment& env_;
  TokenPool tokens_;
  std::vector<std::unique_ptr<StageRunner>> runners_;
  Accounts accounts_;
  SinkWriter sink_;
  HeadFinisher head_;
  std::vector<Hold> holds_;
  std::unique_ptr<FlowGraph> graph_;
  std::unique_ptr<Pump> pump_;

  bool input_closed_ = false;
  std::size_t finishing_ = 0;  ///< The stage whose `finish` comes next; used by one at a time.
  /// Tokens on their way, and one for the source as long as it may issue more.
  std::atomic<int> alive_{1};
  std::atomic<int> active_{0};
  std::atomic<std::uint64_t> ended_{0};
  std::atomic<bool> pump_stopped_{false};
  std::mutex mutex_;
  std::condition_variable done_changed_;
  bool done_ = false;
};

}  // namespace weir
