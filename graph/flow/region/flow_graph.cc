#include "graph/flow/region/flow_graph.h"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <latch>
#include <optional>
#include <thread>
#include <tuple>

#include "graph/flow/batch/token.h"
#include "graph/flow/memory/check.h"
#include "graph/flow/region/inbox.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

namespace tbb_flow = oneapi::tbb::flow;

namespace {

/// The node of a segment. A serial segment, too, has a multifunction_node, which puts its tokens
/// last, because chains of serial function_nodes reorder.
using Work = tbb_flow::multifunction_node<Token*, std::tuple<Token*>>;
using Last = tbb_flow::function_node<Token*, tbb_flow::continue_msg>;
using Limiter = tbb_flow::limiter_node<Token*>;
using Sequencer = tbb_flow::sequencer_node<Token*>;
using Signal = tbb_flow::function_node<tbb_flow::continue_msg, tbb_flow::continue_msg>;

/// The nodes of one segment: its own, and the sequencer before a serial one.
struct SegmentNodes {
  Inbox inbox;
  std::unique_ptr<Work> parallel;
  std::unique_ptr<Sequencer> sequencer;
  std::unique_ptr<Work> serial;
  std::unique_ptr<Last> last;

  tbb_flow::receiver<Token*>& entry() {
    if (sequencer) return *sequencer;
    if (parallel) return *parallel;
    if (serial) return *serial;
    return *last;
  }
};

/// Makes room for `workers` threads among oneTBB's workers, whose bound holds for the whole
/// process. Of several bounds oneTBB takes the least, so that there is only one: the sum over all
/// runs.
class WorkerRoom {
 public:
  explicit WorkerRoom(int workers) : workers_(workers) { add(workers_); }
  ~WorkerRoom() { add(-workers_); }
  WorkerRoom(const WorkerRoom&) = delete;
  WorkerRoom& operator=(const WorkerRoom&) = delete;

 private:
  using Bound = oneapi::tbb::global_control;

  static void add(int workers) {
    static Mutex mutex;
    static int all = 0;
    static Bound* bound = nullptr;
    const Lock lock(mutex);
    all += workers;
    const Bound* const before = bound;
    const auto threads = static_cast<std::size_t>(all) + 1;
    bound = all > 0 ? new Bound(Bound::max_allowed_parallelism, threads) : nullptr;
    delete before;
  }

  const int workers_;
};

/// The threads of an arena that has no room for others. Each works in the arena until its task
/// group is over, which it is when the deferred task that holds it back is dropped.
class OwnThreads {
 public:
  explicit OwnThreads(int threads) : groups_(static_cast<std::size_t>(threads)) {}
  ~OwnThreads() { stop(); }
  OwnThreads(const OwnThreads&) = delete;
  OwnThreads& operator=(const OwnThreads&) = delete;

  void start(oneapi::tbb::task_arena& arena) {
    for (auto& group : groups_) {
      holds_.push_back(group.defer([] {}));
      threads_.emplace_back([&arena, &group] { arena.execute([&group] { group.wait(); }); });
    }
  }

  void stop() {
    holds_.clear();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::vector<oneapi::tbb::task_group> groups_;
  std::vector<oneapi::tbb::task_handle> holds_;
  std::vector<std::thread> threads_;
};

/// Starts `count` threads as a trial, and throws std::system_error if one is refused. oneTBB starts
/// its workers when there is work, and cannot go on where one is refused.
void try_threads(int count) {
  std::latch all_there(1);
  std::vector<std::jthread> threads;
  const auto let_go = [&] { all_there.count_down(); };
  try {
    for (int i = 0; i < count; ++i) threads.emplace_back([&] { all_there.wait(); });
  } catch (...) {
    let_go();
    throw;
  }
  let_go();
}

}  // namespace

/// Hides oneTBB from the header.
struct WorkerArena::Threads {
  Threads(int threads, Workers workers)
      : arena(threads, workers == Workers::own ? static_cast<unsigned>(threads) : 0) {
    if (workers == Workers::own) {
      own.emplace(threads);
    } else {
      room.emplace(threads);
    }
    arena.initialize();
  }

  oneapi::tbb::task_arena arena;
  std::optional<WorkerRoom> room;
  std::optional<OwnThreads> own;
};

WorkerArena::WorkerArena(int threads, Workers workers)
    : threads_((try_threads(threads), std::make_unique<Threads>(threads, workers))) {}
WorkerArena::~WorkerArena() = default;
int WorkerArena::slot() { return oneapi::tbb::this_task_arena::current_thread_index(); }

void WorkerArena::start() {
  if (threads_->own) threads_->own->start(threads_->arena);
}

void WorkerArena::stop() {
  if (threads_->own) threads_->own->stop();
}

/// Hides oneTBB from the header.
struct FlowGraph::Nodes {
  Nodes(oneapi::tbb::task_arena& arena, const compile::Region& region, NodeBodies& bodies,
        int tokens, bool external);

  void add_parallel(std::size_t at, const compile::Segment& segment, bool external);
  void add_serial(std::size_t at, const compile::Segment& segment, bool is_last);
  void connect();
  void enter(std::size_t segment, Token* token) {
    if (segment < segments.size() && segments[segment]->parallel) {
      segments[segment]->inbox.push(token);
    }
  }

  NodeBodies& bodies;
  oneapi::tbb::task_arena& arena;
  std::unique_ptr<tbb_flow::graph> graph;
  std::unique_ptr<Limiter> limiter;
  std::unique_ptr<Signal> pump;
  std::unique_ptr<Signal> last_call;
  std::vector<std::unique_ptr<SegmentNodes>> segments;
};

FlowGraph::Nodes::Nodes(oneapi::tbb::task_arena& arena_, const compile::Region& region,
                        NodeBodies& bodies_, int tokens, bool external)
    : bodies(bodies_), arena(arena_) {
  arena.execute([&] {
    graph = std::make_unique<tbb_flow::graph>();
    limiter = std::make_unique<Limiter>(*graph, static_cast<std::size_t>(tokens));
    // Unlimited: the pump sees to it that one thread at a time fills, and hands over before it
    // returns. A message from an outside thread goes before all other work of the worker threads.
    const auto pump_body = [this](tbb_flow::continue_msg) noexcept { bodies.pump(); };
    pump = external ? std::make_unique<Signal>(*graph, tbb_flow::unlimited, pump_body,
                                               tbb_flow::node_priority_t{1})
                    : std::make_unique<Signal>(*graph, tbb_flow::unlimited, pump_body);
    last_call = std::make_unique<Signal>(
        *graph, tbb_flow::unlimited,
        [this](tbb_flow::continue_msg) noexcept { segments.back()->last->try_put(nullptr); },
        tbb_flow::node_priority_t{1});
    for (std::size_t i = 0; i < region.segments.size(); ++i) {
      segments.push_back(std::make_unique<SegmentNodes>());
      const compile::Segment& segment = region.segments[i];
      if (segment.kind == compile::Segment::Kind::parallel) {
        add_parallel(i, segment, external && i == 0);
      } else {
        add_serial(i, segment, i + 1 == region.segments.size());
      }
    }
    connect();
  });
}

void FlowGraph::Nodes::add_parallel(std::size_t at, const compile::Segment& segment,
                                    bool external) {
  const std::size_t width = segment.workers > 0 ? static_cast<std::size_t>(segment.workers)
                                                : static_cast<std::size_t>(tbb_flow::unlimited);
  const auto body = [this, at](Token*, Work::output_ports_type& ports) noexcept {
    Token* token = segments[at]->inbox.pop();
    if (!bodies.parallel(at, *token)) return;
    enter(at + 1, token);
    std::get<0>(ports).try_put(token);
  };
  // A message from an outside thread would wait behind all other work of the worker threads. (Never
  // give a serial node a priority: it corrupts the task pool of 2021.8.)
  segments[at]->parallel =
      external && width == tbb_flow::unlimited
          ? std::make_unique<Work>(*graph, width, body, tbb_flow::node_priority_t{1})
          : std::make_unique<Work>(*graph, width, body);
}

void FlowGraph::Nodes::add_serial(std::size_t at, const compile::Segment& segment, bool is_last) {
  SegmentNodes& nodes = *segments[at];
  if (segment.in_order) {
    nodes.sequencer = std::make_unique<Sequencer>(*graph, [](Token* token) noexcept {
      return static_cast<std::size_t>(token->number.value());
    });
  }
  if (is_last) {
    nodes.last = std::make_unique<Last>(*graph, tbb_flow::serial,
                                        [this](Token* token) noexcept { bodies.last(token); });
    return;
  }
  nodes.serial = std::make_unique<Work>(
      *graph, tbb_flow::serial, [this, at](Token* token, Work::output_ports_type& ports) noexcept {
        for (Token* next : bodies.serial(at, token)) {
          enter(at + 1, next);
          std::get<0>(ports).try_put(next);
        }
      });
}

void FlowGraph::Nodes::connect() {
  tbb_flow::make_edge(*limiter, segments.front()->entry());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    SegmentNodes& nodes = *segments[i];
    if (nodes.sequencer) {
      if (nodes.last) tbb_flow::make_edge(*nodes.sequencer, *nodes.last);
      if (nodes.serial) tbb_flow::make_edge(*nodes.sequencer, *nodes.serial);
    }
    if (i + 1 == segments.size()) continue;
    if (nodes.parallel) {
      tbb_flow::make_edge(tbb_flow::output_port<0>(*nodes.parallel), segments[i + 1]->entry());
    }
    if (nodes.serial)
      tbb_flow::make_edge(tbb_flow::output_port<0>(*nodes.serial), segments[i + 1]->entry());
  }
}

FlowGraph::FlowGraph(WorkerArena& arena, const compile::Region& region, NodeBodies& bodies,
                     int tokens, bool external)
    : nodes_(std::make_unique<Nodes>(arena.threads_->arena, region, bodies, tokens, external)) {}

FlowGraph::~FlowGraph() {
  nodes_->arena.execute([&] {
    nodes_->graph->wait_for_all();
    nodes_->segments.clear();
    nodes_->last_call.reset();
    nodes_->pump.reset();
    nodes_->limiter.reset();
    nodes_->graph.reset();
  });
}

void FlowGraph::put(Token* token) {
  nodes_->enter(0, token);
  const bool let_in_by_the_limiter_as_by_the_gate = nodes_->limiter->try_put(token);
  WEIR_CHECK(let_in_by_the_limiter_as_by_the_gate);
}

void FlowGraph::schedule_pump() { nodes_->pump->try_put(tbb_flow::continue_msg{}); }

void FlowGraph::call_last() { nodes_->last_call->try_put(tbb_flow::continue_msg{}); }

void FlowGraph::resume(std::size_t segment) { nodes_->segments[segment]->serial->try_put(nullptr); }

void FlowGraph::give_back() { nodes_->limiter->decrementer().try_put(tbb_flow::continue_msg{}); }

void FlowGraph::cancel() { nodes_->graph->cancel(); }

void FlowGraph::wait() {
  nodes_->arena.execute([&] { nodes_->graph->wait_for_all(); });
}

}  // namespace weir::flow
