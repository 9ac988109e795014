#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/flow/random/graph_shape.h"

namespace weir::flow::test {

/// What is drawn so far of one way through the graph: where it stands and what is known there.
struct GraphWay {
  GraphInput end;
  int source = 0;         ///< -1: several.
  bool placed = true;     ///< In the order of origins, or to be put into it.
  bool shuffled = false;  ///< `order: none` stands above.
  bool mixed = false;     ///< A merge above keeps no order among its inputs.
  bool made = false;      ///< Some records have no origin.
  bool passes = false;    ///< It leaves a loop, by each of its passes.

  bool exact() const { return !shuffled && !mixed; }
};

/// Draws single stages behind ways.
class GraphStages {
 public:
  explicit GraphStages(std::uint64_t seed) : random_(seed) {}

  std::int64_t up_to(std::int64_t n) {
    return n <= 0 ? 0 : static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n));
  }
  bool one_in(std::int64_t n) { return up_to(n) == 0; }

  /// A stage of that type behind these ways, without a policy where there is one; `way` is then
  /// where it stands.
  GraphNode& add(GraphNode::Type type, const std::vector<GraphWay>& inputs, GraphWay& way);
  /// The same behind one way.
  GraphNode& add(GraphNode::Type type, GraphWay& way) { return add(type, {way}, way); }
  GraphNode& add_plain(const std::vector<GraphWay>& inputs, GraphWay& way, bool in_loop);
  GraphNode& add_source(GraphWay& way);
  /// One that may emit in the end if `finishes`.
  void add_any(GraphWay& way, bool finishes);
  void draw_errors(GraphNode& node);
  void draw_limits();
  void draw_boxes();

  Graph graph;
  int boxes = 0;
  bool may_fail = false;
  bool pads = false;

 private:
  void draw_behaviour(DrawnStage& stage, bool in_loop);
  void draw_calls(DrawnStage& stage);
  void draw_queue(GraphNode& node);

  std::mt19937_64 random_;
};

}  // namespace weir::flow::test
