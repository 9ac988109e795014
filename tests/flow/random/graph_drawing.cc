#include "tests/flow/random/graph_drawing.h"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::flow::test {
namespace {

using Type = GraphNode::Type;
using Kind = compile::MergePolicy::Kind;
using Ways = std::vector<GraphWay>;

/// Stages of one graph, beside the chains of dead letters.
constexpr std::size_t kEnough = 16;
/// Each pass of a loop is a fork; there may be no more than kForks below each other.
constexpr int kLoops = 2;

class Drawing {
 public:
  explicit Drawing(std::uint64_t seed) : stages_(seed) {}

  Graph draw() {
    graph().sources = 0;
    graph().fails = stages_.may_fail = one_in(7);
    stages_.boxes = static_cast<int>(up_to(3));
    stages_.pads = one_in(8);
    stages_.draw_limits();
    GraphWay way;
    if (one_in(4)) {
      draw_sources(way);
    } else {
      stages_.add_source(way);
    }
    if (graph().sources == 1 && !graph().fails && one_in(12)) draw_take(way, true);
    draw_chain(way, up_to(3), true);
    const std::int64_t blocks = 1 + up_to(3);
    for (std::int64_t i = 0; i < blocks && !enough(); ++i) draw_block(way, 2);
    draw_end(way);
    stages_.draw_boxes();
    return std::move(graph());
  }

 private:
  Graph& graph() { return stages_.graph; }
  std::int64_t up_to(std::int64_t n) { return stages_.up_to(n); }
  bool one_in(std::int64_t n) { return stages_.one_in(n); }
  bool enough() { return graph().nodes.size() >= kEnough; }

  void draw_chain(GraphWay& way, std::int64_t length, bool serial) {
    for (std::int64_t i = 0; i < length; ++i) stages_.add_any(way, serial);
  }

  void draw_take(GraphWay& way, bool stops) {
    GraphNode& node = stages_.add(Type::plain, way);
    node.drawn.type = DrawnStage::Type::take;
    node.drawn.count = 1 + up_to(120);
    graph().stops = stops;
    takes_ = true;
  }

  void draw_block(GraphWay& way, int depth) {
    switch (up_to(7)) {
      case 0:
        if (loops_ < kLoops) return draw_loop({way}, way);
        return draw_chain(way, 1, true);
      case 1:
        draw_side(way);
        return draw_chain(way, 1, true);
      case 2:
        if (way.placed && !(way.passes && way.shuffled)) return draw_race(way);
        return draw_diamond(way, depth);
      default:
        return draw_diamond(way, depth);
    }
  }

  // Forks and merges.

  /// Ways that begin behind this one, all of which have to be read.
  Ways fork(GraphWay& way, std::size_t count) {
    if (one_in(2)) return Ways(count, way);
    GraphNode& node = stages_.add(Type::split, way);
    node.split.seed = up_to(1'000'000);
    node.split.ports = static_cast<std::int64_t>(count);
    node.split.both = one_in(2) ? up_to(30) : 0;
    node.split.drop = one_in(3) ? up_to(20) : 0;
    node.async = one_in(3);
    node.split.delay_us = one_in(2) ? up_to(node.async ? 2000 : 60) : 0;
    stages_.draw_errors(node);
    Ways ways(count, way);
    for (std::size_t i = 0; i < count; ++i) ways[i].end.port = static_cast<int>(i);
    return ways;
  }

  void draw_diamond(GraphWay& way, int depth) {
    const bool zips = way.placed && !way.made && one_in(4);
    Ways ways = fork(way, 2 + static_cast<std::size_t>(up_to(2)));
    const std::int64_t shortcut = up_to(3);
    const bool same = ways[0].end.port == ways[1].end.port;
    for (std::size_t i = 0; i < ways.size(); ++i) {
      GraphWay& branch = ways[i];
      const bool may_take =
          !takes_ && !graph().fails && i == 0 && !branch.made && branch.exact() && !branch.passes;
      if (may_take && one_in(10)) draw_take(branch, false);
      const std::int64_t least = same && static_cast<std::int64_t>(i) != shortcut ? 1 : 0;
      draw_chain(branch, least + up_to(3), !zips);
      if (!zips && depth > 0 && !enough() && one_in(4)) draw_block(branch, depth - 1);
    }
    const bool placed = std::ranges::all_of(ways, &GraphWay::placed);
    if (placed && zips) return draw_zip(ways, way);
    if (placed && !one_in(4)) return draw_input_merge(ways, way);
    draw_loose_merge(ways, way);
  }

  /// Copies of each record, of which the first good one goes on.
  void draw_race(GraphWay& way) {
    Ways ways(2 + static_cast<std::size_t>(up_to(3)), way);
    const std::int64_t shortcut = up_to(6);
    for (std::size_t i = 0; i < ways.size(); ++i) {
      if (static_cast<std::int64_t>(i) == shortcut && !way.passes) continue;
      GraphNode& node = stages_.add(Type::racer, ways[i]);
      node.async = !one_in(3);
      node.drawn.on_error = "keep";
      node.racer.seed = up_to(1'000'000);
      node.racer.drop = one_in(2) ? up_to(60) : 0;
      node.racer.fail = one_in(4) ? 0 : up_to(60);
      node.racer.delay_us = one_in(3) ? 0 : up_to(node.async ? 3000 : 60);
      if (one_in(2)) node.drawn.more += "    workers: " + std::to_string(1 + up_to(9)) + "\n";
      if (one_in(3)) stages_.add(Type::note, ways[i]);
    }
    GraphNode& node = stages_.add_plain(ways, way, false);
    node.policy = Kind::first;
    node.merge = "first";
    way.shuffled = false;
    graph().races = true;
  }

  void draw_zip(Ways& ways, GraphWay& way) {
    const bool by_origin =
        ways.front().source >= 0 && std::ranges::all_of(ways, [&](const GraphWay& other) {
          return other.source == ways.front().source;
        });
    for (GraphWay& branch : ways) stages_.add(Type::note, branch);
    GraphNode& node = stages_.add(Type::zip, ways, way);
    stages_.draw_errors(node);
    node.policy = Kind::zip;
    node.by_origin = by_origin;
    way.placed = by_origin;
    way.shuffled = false;
  }

  void draw_input_merge(Ways& ways, GraphWay& way) {
    const bool said = one_in(2) || std::ranges::any_of(ways, &GraphWay::shuffled);
    if (loops_ < kLoops && one_in(5)) {
      draw_loop(ways, way);
      graph().nodes[loop_head_].merge = said ? "input" : "";
    } else {
      // The passes of a loop are inputs of their own.
      const bool passes = std::ranges::any_of(ways, &GraphWay::passes);
      GraphNode& node = one_in(4) && !passes ? stages_.add(Type::join, ways, way)
                                             : stages_.add_plain(ways, way, false);
      if (said) node.merge = "input";
    }
    if (!way.passes) way.shuffled = false;
  }

  /// One that keeps no order among its inputs.
  void draw_loose_merge(Ways& ways, GraphWay& way) {
    for (GraphWay& branch : ways) {
      if (branch.passes || !one_in(3)) tag(branch);
    }
    static constexpr std::array kKinds = {Kind::arrival, Kind::priority, Kind::round_robin,
                                          Kind::weighted};
    const Kind kind = kKinds[static_cast<std::size_t>(up_to(4))];
    GraphNode& node = stages_.add_plain(ways, way, false);
    node.policy = kind;
    node.merge = EnumNames<Kind>::names[static_cast<std::size_t>(kind)];
    if (kind == Kind::weighted) {
      std::string weights;
      for (std::size_t i = 0; i < ways.size(); ++i) {
        weights += (i == 0 ? "" : ", ") + std::to_string(1 + up_to(4));
      }
      node.merge = "{ policy: weighted, weights: [" + weights + "] }";
    }
    way.placed = false;
    way.mixed = true;
  }

  void tag(GraphWay& way) {
    GraphNode& node = stages_.add(Type::tag, way);
    node.tag = "T" + std::to_string(tags_++) + "-";
  }

  /// `ways` enter it.
  void draw_loop(const Ways& ways, GraphWay& way) {
    ++loops_;
    const auto head = graph().nodes.size();
    GraphWay in = way;
    stages_.add_plain(ways, in, true);
    if (ways.size() > 1) in.shuffled = false;
    loop_head_ = head;
    if (one_in(2)) stages_.add_plain({in}, in, true);
    GraphNode& again = stages_.add(Type::again, in);
    again.again = {up_to(1'000'000), 1 + up_to(4), one_in(2) ? up_to(25) : 0, 0, 0};
    again.async = one_in(3);
    again.again.delay_us = one_in(2) ? up_to(again.async ? 2000 : 60) : 0;
    stages_.draw_errors(again);
    const auto end = graph().nodes.size() - 1;
    for (std::size_t i = head; i <= end; ++i) {
      graph().nodes[i].in_loop = true;
      graph().nodes[i].implicit = false;
    }
    graph().nodes[head].loop_max = 1 + static_cast<int>(up_to(one_in(4) ? 3 : 2));
    graph().nodes[head].loop_end = static_cast<int>(end);
    way = in;
    way.passes = true;
    if (!one_in(5)) return;
    // One more exit, from the middle.
    GraphWay side = way;
    side.end = {static_cast<int>(head), 0};
    end_at_sink(side);
  }

  /// A branch to a sink of its own.
  void draw_side(GraphWay& way) {
    Ways ways = fork(way, 2);
    if (!takes_ && !graph().fails && !way.made && way.exact() && !way.passes && one_in(5))
      draw_take(ways[0], false);
    draw_chain(ways[0], up_to(3), true);
    end_at_sink(ways[0]);
    way = ways[1];
  }

  void end_at_sink(GraphWay& way) { stages_.add(Type::collect, way); }

  void draw_end(GraphWay& way) {
    while (one_in(3)) draw_side(way);
    draw_chain(way, up_to(2), true);
    end_at_sink(way);
  }

  // Several sources.

  void draw_sources(GraphWay& way) {
    Ways ways(2 + static_cast<std::size_t>(up_to(2)));
    const std::int64_t which = graph().fails ? 0 : up_to(7);
    for (GraphWay& one : ways) {
      stages_.add_source(one);
      tag(one);
      draw_chain(one, up_to(3), true);
      if (!enough() && one_in(3)) draw_block(one, 1);
      if (one.passes) tag(one);
    }
    const bool exact = std::ranges::all_of(ways, &GraphWay::exact);
    if (which == 4) return draw_concat(ways, way);
    if (which == 5 && exact) return draw_sorted(ways, way);
    if (which == 6 && exact && ways.size() == 2) return draw_zip(ways, way);
    draw_loose_merge(ways, way);
  }

  void draw_concat(Ways& ways, GraphWay& way) {
    GraphNode& node = stages_.add_plain(ways, way, false);
    node.policy = Kind::concat;
    node.merge = "concat";
    way.placed = false;
  }

  void draw_sorted(Ways& ways, GraphWay& way) {
    for (GraphWay& branch : ways) {
      GraphNode& node = stages_.add(Type::stamp, branch);
      node.stamp = {up_to(100), up_to(4), 1 + up_to(3)};
    }
    GraphNode& node = stages_.add_plain(ways, way, false);
    node.policy = Kind::sorted;
    node.merge = "{ policy: sorted, by: t }";
    way.placed = false;
  }

  GraphStages stages_;
  std::size_t loop_head_ = 0;
  int tags_ = 0;
  int loops_ = 0;
  bool takes_ = false;
};

}  // namespace

Graph Graph::random(std::uint64_t seed) { return Drawing(seed).draw(); }

}  // namespace weir::flow::test
