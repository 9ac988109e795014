#include "graph/flow/flow_graph.h"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <cassert>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>

#include "graph/flow/inbox.h"
#include "graph/flow/token.h"

namespace weir {

namespace flow = oneapi::tbb::flow;

namespace {

/// Also the serial stages: multifunction nodes that put last, since chains of serial function_nodes
/// reorder.
using Work = flow::multifunction_node<Token*, std::tuple<Token*>>;
using Last = flow::function_node<Token*, flow::continue_msg>;
using Limiter = flow::limiter_node<Token*>;
using Sequencer = flow::sequencer_node<Token*>;
using Signal = flow::function_node<flow::continue_msg, flow::continue_msg>;

/// One segment: its node, and the sequencer that stands before a serial one.
struct SegmentNodes {
  Inbox inbox;
  std::unique_ptr<Work> parallel;
  std::unique_ptr<Sequencer> sequencer;
  std::unique_ptr<Work> serial;
  std::unique_ptr<Last> last;

  flow::receiver<Token*>& entry() {
    if (sequencer) return *sequencer;
    if (parallel) return *parallel;
    if (serial) return *serial;
    return *last;
  }
};

/// Room for so many threads among oneTBB's workers, whose bound is one for the whole process. Of
/// several bounds it takes the least, so that there is only one: the sum over all runs.
class WorkerRoom {
 public:
  explicit WorkerRoom(int workers) : workers_(workers) { add(workers_); }
  ~WorkerRoom() { add(-workers_); }
  WorkerRoom(const WorkerRoom&) = delete;
  WorkerRoom& operator=(const WorkerRoom&) = delete;

 private:
  using Bound = oneapi::tbb::global_control;

  static void add(int workers) {
    static std::mutex mutex;
    static int all = 0;
    static Bound* bound = nullptr;
    const std::lock_guard lock(mutex);
    all += workers;
    const Bound* const before = bound;
    const auto threads = static_cast<std::size_t>(all) + 1;
    bound = all > 0 ? new Bound(Bound::max_allowed_parallelism, threads) : nullptr;
    delete before;
  }

  const int workers_;
};

/// Threads of an arena that has no room for others. Each works in it until its group is over, which
/// it is when the task that the group holds back is dropped.
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

}  // namespace

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
    : threads_(std::make_unique<Threads>(threads, workers)) {}
WorkerArena::~WorkerArena() = default;
int WorkerArena::slot() { return oneapi::tbb::this_task_arena::current_thread_index(); }

void WorkerArena::start() {
  if (threads_->own) threads_->own->start(threads_->arena);
}

void WorkerArena::stop() {
  if (threads_->own) threads_->own->stop();
}

struct FlowGraph::Nodes {
  Nodes(oneapi::tbb::task_arena& arena, const Region& region, NodeBodies& bodies, int tokens,
        bool external);

  void add_parallel(std::size_t at, const Segment& segment, bool external);
  void add_serial(std::size_t at, const Segment& segment, bool is_last);
  void connect();
  void enter(std::size_t segment, Token* token) {
    if (segment < segments.size() && segments[segment]->parallel) {
      segments[segment]->inbox.push(token);
    }
  }

  NodeBodies& bodies;
  oneapi::tbb::task_arena& arena;
  std::unique_ptr<flow::graph> graph;
  std::unique_ptr<Limiter> limiter;
  std::unique_ptr<Signal> pump;
  std::unique_ptr<Signal> last_call;
  std::vector<std::unique_ptr<SegmentNodes>> segments;
};

FlowGraph::Nodes::Nodes(oneapi::tbb::task_arena& arena_, const Region& region, NodeBodies& bodies_,
                        int tokens, bool external)
    : bodies(bodies_), arena(arena_) {
  arena.execute([&] {
    graph = std::make_unique<flow::graph>();
    limiter = std::make_unique<Limiter>(*graph, static_cast<std::size_t>(tokens));
    // Unlimited: the pump sees to it that one at a time fills, and hands over before it is done.
    // What comes from a thread outside goes before all that the workers have to do.
    const auto pump_body = [this](flow::continue_msg) noexcept { bodies.pump(); };
    pump = external ? std::make_unique<Signal>(*graph, flow::unlimited, pump_body,
                                               flow::node_priority_t{1})
                    : std::make_unique<Signal>(*graph, flow::unlimited, pump_body);
    last_call = std::make_unique<Signal>(
        *graph, flow::unlimited,
        [this](flow::continue_msg) noexcept { segments.back()->last->try_put(nullptr); },
        flow::node_priority_t{1});
    for (std::size_t i = 0; i < region.segments.size(); ++i) {
      segments.push_back(std::make_unique<SegmentNodes>());
      const Segment& segment = region.segments[i];
      if (segment.kind == Segment::Kind::parallel) {
        add_parallel(i, segment, external && i == 0);
      } else {
        add_serial(i, segment, i + 1 == region.segments.size());
      }
    }
    connect();
  });
}

void FlowGraph::Nodes::add_parallel(std::size_t at, const Segment& segment, bool external) {
  const std::size_t width = segment.workers > 0 ? static_cast<std::size_t>(segment.workers)
                                                : static_cast<std::size_t>(flow::unlimited);
  const auto body = [this, at](Token*, Work::output_ports_type& ports) noexcept {
    Token* token = segments[at]->inbox.pop();
    if (!bodies.parallel(at, *token)) return;
    enter(at + 1, token);
    std::get<0>(ports).try_put(token);
  };
  // Messages from a thread outside would wait behind all that the workers have to do. (Never give
  // a serial node a priority: it corrupts the task pool of 2021.8.)
  segments[at]->parallel =
      external && width == flow::unlimited
          ? std::make_unique<Work>(*graph, width, body, flow::node_priority_t{1})
          : std::make_unique<Work>(*graph, width, body);
}

void FlowGraph::Nodes::add_serial(std::size_t at, const Segment& segment, bool is_last) {
  SegmentNodes& nodes = *segments[at];
  if (segment.in_order) {
    nodes.sequencer = std::make_unique<Sequencer>(
        *graph, [](Token* token) noexcept { return static_cast<std::size_t>(token->sequence); });
  }
  if (is_last) {
    nodes.last = std::make_unique<Last>(*graph, flow::serial,
                                        [this](Token* token) noexcept { bodies.last(token); });
    return;
  }
  nodes.serial = std::make_unique<Work>(
      *graph, flow::serial, [this, at](Token* token, Work::output_ports_type& ports) noexcept {
        for (Token* next : bodies.serial(at, token)) {
          enter(at + 1, next);
          std::get<0>(ports).try_put(next);
        }
      });
}

void FlowGraph::Nodes::connect() {
  flow::make_edge(*limiter, segments.front()->entry());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    SegmentNodes& nodes = *segments[i];
    if (nodes.sequencer) {
      if (nodes.last) flow::make_edge(*nodes.sequencer, *nodes.last);
      if (nodes.serial) flow::make_edge(*nodes.sequencer, *nodes.serial);
    }
    if (i + 1 == segments.size()) continue;
    if (nodes.parallel) {
      flow::make_edge(flow::output_port<0>(*nodes.parallel), segments[i + 1]->entry());
    }
    if (nodes.serial)
      flow::make_edge(flow::output_port<0>(*nodes.serial), segments[i + 1]->entry());
  }
}

FlowGraph::FlowGraph(WorkerArena& arena, const Region& region, NodeBodies& bodies, int tokens,
                     bool external)
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
  [[maybe_unused]] const bool taken = nodes_->limiter->try_put(token);
  assert(taken && "the gate lets in no more tokens than the limiter");
}

void FlowGraph::schedule_pump() { nodes_->pump->try_put(flow::continue_msg{}); }

void FlowGraph::call_last() { nodes_->last_call->try_put(flow::continue_msg{}); }

void FlowGraph::resume(std::size_t segment) { nodes_->segments[segment]->serial->try_put(nullptr); }

void FlowGraph::give_back() { nodes_->limiter->decrementer().try_put(flow::continue_msg{}); }

void FlowGraph::cancel() { nodes_->graph->cancel(); }

void FlowGraph::wait() {
  nodes_->arena.execute([&] { nodes_->graph->wait_for_all(); });
}

}  // namespace weir
