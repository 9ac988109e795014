#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "graph/compile/plan/plan.h"

namespace weir::flow {

class Token;

/// The bodies of a FlowGraph's nodes. Calls of `parallel` run concurrently, those of one segment's
/// `serial` one at a time. None may throw.
class NodeBodies {
 public:
  virtual ~NodeBodies() = default;
  virtual void pump() noexcept = 0;
  /// Processes `token` in segment `segment`. Returns false if the token must vanish (a test of
  /// losses).
  virtual bool parallel(std::size_t segment, Token& token) noexcept = 0;
  /// Does the same in a serial segment. A null token is the signal that `FlowGraph::resume` sends.
  /// Returns the tokens that go on, in order.
  virtual std::vector<Token*> serial(std::size_t segment, Token* token) noexcept = 0;
  /// Processes `token` in the last segment, where it ends, now or later. A null token is the signal
  /// that `FlowGraph::call_last` sends.
  virtual void last(Token* token) noexcept = 0;
};

/// The worker threads of a run, or of one pool, in a oneTBB arena that the graphs share.
class WorkerArena {
 public:
  /// The origin of the threads. oneTBB lends its workers to all arenas, and counts one that waits
  /// in a call as available to the others. An arena that must not affect the others has threads of
  /// its own.
  enum class Workers : std::uint8_t { lent, own };

  WorkerArena(int threads, Workers workers);
  ~WorkerArena();
  /// Starts its own threads. Call it when all of its graphs have been made.
  void start();
  /// Waits for its own threads, not for pending work.
  void stop();
  WorkerArena(const WorkerArena&) = delete;
  WorkerArena& operator=(const WorkerArena&) = delete;

  /// Returns the number of the calling worker thread, below the arena's number of threads.
  static int slot();

 private:
  friend class FlowGraph;
  struct Threads;
  std::unique_ptr<Threads> threads_;
};

/// The segments of a region as oneTBB nodes:
///
///   pump -> limiter_node -> function_node(unlimited) -> sequencer_node -> serial node -> ... ->
///   last
///
/// The body of the last node gives the limiter's place back. All of oneTBB is behind this class and
/// WorkerArena.
class FlowGraph {
 public:
  /// `tokens` is the number that the limiter lets in. `external`: tokens come from a thread outside
  /// the arena.
  FlowGraph(WorkerArena& arena, const compile::Region& region, NodeBodies& bodies, int tokens,
            bool external);
  ~FlowGraph();
  FlowGraph(const FlowGraph&) = delete;
  FlowGraph& operator=(const FlowGraph&) = delete;

  /// Takes in a numbered token. From any thread; numbers are dense and each comes once.
  void put(Token* token);
  /// Runs `NodeBodies::pump` on a worker thread.
  void schedule_pump();
  /// Sends the null token to a serial segment.
  void resume(std::size_t segment);
  /// Sends the null token to the last segment. For threads outside the arena, whose messages would
  /// otherwise wait behind all other work of the worker threads.
  void call_last();
  /// Frees the limiter's place of a token that has ended.
  void give_back();

  /// Drops every message. Afterwards, or when nothing is in flight, `wait` returns once no body
  /// runs.
  void cancel();
  void wait();

 private:
  struct Nodes;
  std::unique_ptr<Nodes> nodes_;
};

}  // namespace weir::flow
