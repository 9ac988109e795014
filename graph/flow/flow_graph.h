#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "graph/spec/plan.h"

namespace weir {

class Token;

/// What the nodes of a FlowGraph do. The calls of `parallel` run concurrently, those of one
/// segment's `serial` one at a time; none may throw.
class NodeBodies {
 public:
  virtual ~NodeBodies() = default;
  virtual void pump() noexcept = 0;
  /// Works on `token` in segment `segment`; false: the token must vanish (a test of losses).
  virtual bool parallel(std::size_t segment, Token& token) noexcept = 0;
  /// The same for a serial segment. A null token is the signal that `FlowGraph::resume` sends.
  /// Returns the tokens that go on, in order.
  virtual std::vector<Token*> serial(std::size_t segment, Token* token) noexcept = 0;
  /// The last segment: the token ends here, now or later. A null token as above.
  virtual void last(Token* token) noexcept = 0;
};

/// Threads that compute, in a oneTBB arena for the graphs of a run, or for those of one pool.
class WorkerArena {
 public:
  /// oneTBB lends its workers to all arenas, and counts one that waits in a call as free for the
  /// others: an arena that the others must not feel has threads of its own.
  enum class Workers : std::uint8_t { lent, own };

  WorkerArena(int threads, Workers workers);
  ~WorkerArena();
  /// Starts its own threads. When all of its graphs have been made.
  void start();
  /// Waits for its own threads, not for what is still to be done.
  void stop();
  WorkerArena(const WorkerArena&) = delete;
  WorkerArena& operator=(const WorkerArena&) = delete;

  /// The calling worker's number, below `limits.threads`.
  static int slot();

 private:
  friend class FlowGraph;
  struct Threads;
  std::unique_ptr<Threads> threads_;
};

/// A region's segments as oneTBB nodes:
///
///   pump -> limiter_node -> function_node(unlimited) -> sequencer_node -> serial node -> ... ->
///   last
///
/// The last node's body gives the limiter's place back. All of oneTBB is behind this class.
class FlowGraph {
 public:
  /// `tokens`: how many the limiter lets in. `external`: tokens come from a thread of their own.
  FlowGraph(WorkerArena& arena, const Region& region, NodeBodies& bodies, int tokens,
            bool external);
  ~FlowGraph();
  FlowGraph(const FlowGraph&) = delete;
  FlowGraph& operator=(const FlowGraph&) = delete;

  /// Takes a numbered token in. From any thread; numbers are dense and each comes once.
  void put(Token* token);
  /// Runs `NodeBodies::pump` on a worker.
  void schedule_pump();
  /// Sends the null token to a serial segment.
  void resume(std::size_t segment);
  /// Sends the null token to the last segment; for other threads than the arena's own, whose
  /// messages would wait behind all that the workers have to do.
  void call_last();
  /// A token has ended: its place in the limiter is free.
  void give_back();

  /// Drops every message. Then, or when nothing is in flight, `wait` returns once no body runs.
  void cancel();
  void wait();

 private:
  struct Nodes;
  std::unique_ptr<Nodes> nodes_;
};

}  // namespace weir
