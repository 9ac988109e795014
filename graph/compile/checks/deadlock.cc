// A graph without cycles can still stop for ever. A merge waits for one input, whose records come
// from a fork. The fork cannot go on, because another of its branches is full. That branch is full
// because, somewhere down the branch, the same merge takes nothing from another of its inputs. On
// the way there may be further merges that wait for one input while another is full, and further
// forks.
//
// So the check walks from the input that is waited for. It goes up to the regions that should
// deliver. At a fork it turns down to the branches that may be full, and at a merge it turns up to
// the inputs that the merge waits for. If it comes back to the first merge, at an input from which
// that merge takes nothing meanwhile, no region on the way can move.

#include "graph/compile/checks/deadlock.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/compile/regions/layout.h"

namespace weir::compile {
namespace {

/// An edge from region to region.
struct Edge {
  RegionId from;
  RegionId to;
  std::size_t input = 0;            ///< An input of `to`.
  std::optional<std::size_t> port;  ///< A port of `from`; nothing: dead letters.
};

/// A step of the walk: up or down along an edge.
struct Step {
  std::size_t edge = 0;
  bool down = false;
};

/// Walks through the regions in search of a deadlock. The walks are breadth-first.
class Walk {
 public:
  /// `drops` says for each region whether it never makes the regions above wait.
  Walk(const Regions& regions, IdVector<RegionId, bool> drops)
      : regions_(regions), drops_(std::move(drops)), nodes_(regions.size()) {
    for (const RegionId r : regions.ids()) nodes_[r].ins.resize(regions[r].inputs.size());
    for (const RegionId r : regions.ids()) {
      for (const Outlet& outlet : regions[r].outlets) {
        add({r, outlet.to, outlet.input, outlet.port});
      }
      for (const LetterOutlet& outlet : regions[r].letter_outlets) {
        add({r, outlet.to, outlet.input, std::nullopt});
      }
    }
    for (auto& marks : marks_) marks.resize(edges_.size());
  }

  const Edge& edge(std::size_t e) const { return edges_[e]; }
  std::size_t in(RegionId region, std::size_t input) const { return nodes_[region].ins[input]; }

  /// Returns the steps of a way that begins with an input that `merge` waits for, goes up first,
  /// and comes down into an input from which the merge takes nothing meanwhile. Empty: there is no
  /// such way.
  ///
  /// A walk skips what the walk from an earlier input has reached. If a skipped part leads into an
  /// input later than both, the walk from the earlier one has found that way. Ways into earlier
  /// inputs are found by a second loop, which begins with the last input.
  std::vector<Step> find(RegionId merge) {
    const std::size_t inputs = nodes_[merge].ins.size();
    start();
    for (std::size_t i = 0; i < inputs; ++i) {
      if (std::vector<Step> way = find(merge, i); !way.empty()) return way;
    }
    start();
    for (std::size_t i = inputs; i-- > 0;) {
      if (std::vector<Step> way = find(merge, i); !way.empty()) return way;
    }
    return {};
  }

 private:
  /// A region, and what the current walk has done there.
  struct Node {
    std::vector<std::size_t> ins;  ///< The edges into it, by input.
    std::vector<std::size_t> outs;
    // These belong to the walk whose number is in `up` or `down`:
    int up = 0;
    int down = 0;
    /// The edge by which the walk first came up here; nothing: several edges.
    std::optional<std::size_t> first_up;
    std::optional<std::size_t> first_down;  ///< The same for down.
    std::size_t turned = 0;  ///< The number of leading inputs that the walk has turned to.
  };
  /// A step in the queue, with the entry that led to it.
  struct Entry {
    Step step;
    std::optional<std::size_t> before;  ///< Index in the queue.
  };

  void add(const Edge& edge) {
    nodes_[edge.from].outs.push_back(edges_.size());
    nodes_[edge.to].ins[edge.input] = edges_.size();
    edges_.push_back(edge);
  }

  void start() {
    ++walk_;
    queue_.clear();
    done_ = 0;
  }

  std::vector<Step> find(RegionId merge, std::size_t waited) {
    push({in(merge, waited), false}, std::nullopt);
    for (; done_ < queue_.size(); ++done_) {
      const Step step = queue_[done_].step;
      const Edge edge = this->edge(step.edge);
      if (step.down && edge.to == merge && waits_for(regions_[merge], waited, edge.input)) {
        return way_to(done_);
      }
      // The merge takes from this input, so it is not full: the way does not lead through it.
      if (step.down && edge.to == merge) continue;
      step.down ? go_down(step.edge, edge) : go_up(step.edge, edge);
    }
    return {};
  }

  void push(Step step, std::optional<std::size_t> before) {
    if (step.down && drops_[edge(step.edge).to]) return;
    int& mark = marks_[step.down ? 1 : 0][step.edge];
    if (mark == walk_) return;
    mark = walk_;
    queue_.push_back({step, before});
  }
  void push(Step step) { push(step, done_); }

  /// Pushes all edges but `e`. Each edge is pushed once, however many calls there are in a walk.
  void push_others(const std::vector<std::size_t>& edges, std::size_t e, bool again,
                   std::optional<std::size_t>& first, bool down) {
    if (!again) {
      first = e;
      for (const std::size_t other : edges) {
        if (other != e) push({other, down});
      }
    } else if (first && *first != e) {
      push({*first, down});
      first.reset();
    }
  }

  /// Follows the edge up. Nothing comes along it, because its region gets nothing or another branch
  /// out of that region is full.
  void go_up(std::size_t e, const Edge& edge) {
    Node& here = nodes_[edge.from];
    const bool again = std::exchange(here.up, walk_) == walk_;
    if (!again) {
      for (const std::size_t in : here.ins) push({in, false});
    }
    push_others(here.outs, e, again, here.first_up, true);
  }

  /// Follows the edge down. Nothing more is taken from it, because a branch out of its region is
  /// full or the region waits for another input.
  void go_down(std::size_t e, const Edge& edge) {
    Node& here = nodes_[edge.to];
    const bool again = std::exchange(here.down, walk_) == walk_;
    if (!again) {
      for (const std::size_t out : here.outs) push({out, true});
      here.turned = 0;
    }
    const Region& merge = regions_[edge.to];
    if (waits_for(merge, 1, 0)) {
      push_others(here.ins, e, again, here.first_down, false);
    } else if (waits_for(merge, 0, 1)) {
      for (; here.turned < edge.input; ++here.turned) push({here.ins[here.turned], false});
    }
  }

  std::vector<Step> way_to(std::size_t at) const {
    std::vector<Step> way;
    for (std::optional<std::size_t> i = at; i; i = queue_[*i].before) {
      way.push_back(queue_[*i].step);
    }
    std::reverse(way.begin(), way.end());
    return way;
  }

  const Regions& regions_;
  const IdVector<RegionId, bool> drops_;
  IdVector<RegionId, Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<int> marks_[2];  ///< For each edge, up and down: the last walk there.
  std::vector<Entry> queue_;
  std::size_t done_ = 0;  ///< The number of entries that are done.
  int walk_ = 0;
};

/// Returns whether the region holds one input back for as long as another is empty. A merge by
/// place does not count: it waits only because the other input may still bring an earlier place.
bool may_block(const Region& region) { return !merges_by_place(region) && waits_for(region, 0, 1); }

/// Returns whether a queue that sheds records stands in front of the region.
bool drops(const Draft& first) {
  return first.spec.queue && first.spec.queue->when_full != QueuePolicy::WhenFull::wait;
}

/// Reports the deadlocks that a walk has found.
class Report {
 public:
  Report(const Drafts& drafts, const Regions& regions, const Walk& walk)
      : drafts_(drafts), regions_(regions), walk_(walk) {}

  void error(RegionId merge, const std::vector<Step>& way, Diagnostics& diagnostics) const {
    const Draft& draft = first(merge);
    const Edge& waited = walk_.edge(way.front().edge);
    const Edge& full = walk_.edge(way.back().edge);
    diagnostics.error(draft.spec.merge_mark(),
                      "deadlock: " + draft.shown() + " may wait for " + name(waited) + " while " +
                          name(full) + " is full" + reason(way),
                      hint(merge));
  }

 private:
  const Draft& first(RegionId region) const { return drafts_[regions_[region].first]; }
  const Draft& last(RegionId region) const { return drafts_[regions_[region].last]; }

  /// Returns the name of what the edge brings, as `from` would write it.
  std::string name(const Edge& edge) const {
    const Draft& draft = last(edge.from);
    const std::vector<std::string>& ports = draft.ports;
    const bool plain = ports.size() < 2 || !edge.port || *edge.port >= ports.size();
    const std::string port = plain || ports[*edge.port] == "out" ? "" : "." + ports[*edge.port];
    return "'" + draft.spec.name + port + "'";
  }

  /// Describes where the walk turned: ", and 'read' feeds both", or ": 'one' also feeds 'zip',
  /// which may wait for 'two', which also feeds 'zip-2'".
  std::string reason(const std::vector<Step>& way) const {
    std::string text;
    int forks = 0;
    for (std::size_t i = 1; i < way.size(); ++i) {
      if (way[i].down == way[i - 1].down) continue;
      const Edge& edge = walk_.edge(way[i].edge);
      if (!way[i].down) {
        text += " " + std::string("'") + first(edge.to).spec.name + "', which may wait for " +
                name(edge);
        continue;
      }
      ++forks;
      text += (forks == 1 ? ": " : ", and ") + std::string("'") + last(edge.from).spec.name +
              "' cannot go on without";
    }
    if (forks == 1) return ", and '" + fork_of(way) + "' feeds both";
    return text + " '" + first(walk_.edge(way.back().edge).to).spec.name + "'";
  }

  std::string fork_of(const std::vector<Step>& way) const {
    const auto turn = std::ranges::find_if(way, &Step::down);
    return last(walk_.edge(turn->edge).from).spec.name;
  }

  std::string hint(RegionId region) const {
    const Region& merge = regions_[region];
    const std::string rest =
        "say after which 'idle' it goes on, or give one of the two a source of its own";
    if (merge.merge.kind == MergePolicy::Kind::zip) return rest;
    return std::string(merge.source ? "'merge: input'" : "'merge: arrival'") +
           " never waits like that; or " + rest;
  }

  const Drafts& drafts_;
  const Regions& regions_;
  const Walk& walk_;
};

}  // namespace

void check_deadlock(const Drafts& drafts, const Regions& regions, Diagnostics& diagnostics) {
  IdVector<RegionId, bool> dropping;
  for (const Region& region : regions) dropping.push_back(drops(drafts[region.first]));
  Walk walk(regions, std::move(dropping));
  const Report report(drafts, regions, walk);
  for (const RegionId r : regions.ids()) {
    if (!may_block(regions[r])) continue;
    const std::vector<Step> way = walk.find(r);
    if (!way.empty()) report.error(r, way, diagnostics);
  }
}

}  // namespace weir::compile
