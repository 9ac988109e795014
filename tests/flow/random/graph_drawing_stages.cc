// Single stages of random graphs.

#include <array>

#include "tests/flow/random/graph_drawing.h"

namespace weir::flow::test {
namespace {

using Type = GraphNode::Type;
using Drawn = DrawnStage::Type;

std::string number(std::int64_t n) { return std::to_string(n); }

}  // namespace

GraphNode& GraphStages::add(Type type, const std::vector<GraphWay>& inputs, GraphWay& way) {
  GraphNode node;
  node.type = type;
  node.name = "n" + number(static_cast<std::int64_t>(graph.nodes.size()));
  GraphWay out = inputs.front();
  for (const GraphWay& input : inputs) {
    node.inputs.push_back(input.end);
    if (input.source != out.source) out.source = -1;
    out.placed = out.placed && input.placed;
    out.shuffled = out.shuffled || input.shuffled;
    out.mixed = out.mixed || input.mixed;
    out.made = out.made || input.made;
    out.passes = out.passes || input.passes;
  }
  if (inputs.size() == 1) {
    const auto above = static_cast<int>(graph.nodes.size()) - 1;
    const bool several = graph.at(above).type == Type::split || graph.at(above).type == Type::again;
    node.implicit = out.end.node == above && !several && one_in(2);
    if (out.passes && (!out.placed || out.shuffled)) {
      node.policy = compile::MergePolicy::Kind::arrival;
      out.placed = false;
      out.mixed = true;
    }
  }
  out.passes = false;
  out.end = {static_cast<int>(graph.nodes.size()), 0};
  way = out;
  graph.nodes.push_back(std::move(node));
  return graph.nodes.back();
}

GraphNode& GraphStages::add_source(GraphWay& way) {
  GraphNode node;
  node.type = Type::source;
  node.source = graph.sources++;
  node.name = "n" + number(static_cast<std::int64_t>(graph.nodes.size()));
  node.size = one_in(5) ? up_to(12) : up_to(160);
  node.split_source = one_in(2);
  node.blocking = one_in(4);
  way = GraphWay();
  way.source = node.source;
  way.end = {static_cast<int>(graph.nodes.size()), 0};
  graph.nodes.push_back(std::move(node));
  return graph.nodes.back();
}

GraphNode& GraphStages::add_plain(const std::vector<GraphWay>& inputs, GraphWay& way,
                                  bool in_loop) {
  static constexpr std::array kTypes = {Drawn::mix,   Drawn::mix,      Drawn::batch, Drawn::flaky,
                                        Drawn::async, Drawn::blocking, Drawn::async};
  GraphNode& node = add(Type::plain, inputs, way);
  node.drawn.type = kTypes[static_cast<std::size_t>(up_to(in_loop ? 5 : kTypes.size()))];
  draw_behaviour(node.drawn, in_loop);
  draw_errors(node);
  if (node.drawn.type != Drawn::mix && node.drawn.type != Drawn::batch) draw_calls(node.drawn);
  draw_queue(node);
  return node;
}

void GraphStages::add_any(GraphWay& way, bool finishes) {
  const std::int64_t which = up_to(9);
  const bool may = way.exact() && !way.passes;
  if (which == 0) {
    GraphNode& node = add(Type::tag, way);
    node.tag = std::string(1, static_cast<char>('A' + up_to(26)));
  } else if (which == 1 && may && finishes) {
    GraphNode& node = add(Type::window, way);
    node.size = 1 + up_to(5);
    way.made = true;
  } else if (which == 3 && may) {
    add(Type::number, way);
  } else if (which == 2 && may && finishes) {
    GraphNode& node = add(Type::plain, way);
    node.drawn.type = Drawn::tally;
    draw_behaviour(node.drawn, false);
    draw_errors(node);
    way.made = true;
  } else {
    GraphNode& node = add_plain({way}, way, false);
    const bool called = node.drawn.type == Drawn::async || node.drawn.type == Drawn::blocking;
    if (!called || may_fail || !one_in(8)) return;
    node.drawn.order = "none";
    way.shuffled = true;
  }
}

void GraphStages::draw_behaviour(DrawnStage& stage, bool in_loop) {
  MixOptions& o = stage.options;
  o.seed = stage.call.seed = up_to(1'000'000);
  o.drop = stage.call.drop = one_in(3) ? up_to(one_in(4) ? 101 : 30) : 0;
  o.emit = stage.call.emit = one_in(3) ? up_to(in_loop ? 10 : 30) : 0;
  if (stage.type == Drawn::batch) o.emit = 0;
  o.spin = one_in(4) ? up_to(60) : 0;
  const bool async = stage.type == Drawn::async;
  stage.call.delay_us = one_in(3) ? 0 : async ? up_to(2000) : up_to(300);
  stage.call.pad = pads && one_in(2) && !in_loop ? 1 + up_to(1500) : 0;
  stage.odd_only = one_in(6);
}

void GraphStages::draw_errors(GraphNode& node) {
  static constexpr const char* kPolicies[] = {"skip", "keep"};
  DrawnStage& stage = node.drawn;
  stage.on_error = "fail";
  const bool zip = node.type == Type::zip;
  if (may_fail && one_in(4)) {
    stage.options.fail = stage.call.permanent = 1;
    node.split.fail = node.again.fail = 1;
    return;
  }
  if (!zip && one_in(3)) return;
  stage.on_error = kPolicies[up_to(2)];
  if (boxes > 0 && one_in(2)) {
    node.box = static_cast<int>(up_to(boxes));
    stage.on_error = "{ to: box" + number(node.box) + " }";
  }
  stage.options.fail = up_to(20);
  stage.options.thrown = up_to(10);
  stage.call.permanent = up_to(10);
  stage.call.thrown = up_to(10);
  stage.call.flaky = up_to(30);
  node.split.fail = node.again.fail = up_to(15);
  if (stage.type == Drawn::async) stage.call.unanswered = up_to(8);
}

void GraphStages::draw_calls(DrawnStage& stage) {
  if (one_in(2)) {
    stage.attempts = 1 + static_cast<int>(up_to(3));
    stage.more += "    retry: { attempts: " + number(stage.attempts) +
                  ", backoff: " + number(100 + up_to(900)) +
                  "us, jitter: " + (one_in(2) ? "full" : "none") + " }\n";
  }
  if (one_in(5)) stage.more += "    timeout: 50s\n";
  if (one_in(5)) stage.more += "    deadline: 100s\n";
  if (!one_in(3)) stage.more += "    workers: " + number(1 + up_to(one_in(2) ? 3 : 20)) + "\n";
}

void GraphStages::draw_queue(GraphNode& node) {
  if (!one_in(7)) return;
  node.drawn.more += "    queue: { records: " + number(1 + up_to(6)) + " }\n";
}

void GraphStages::draw_limits() {
  if (!one_in(3)) graph.records = 1 + up_to(40);
  if (one_in(3)) graph.memory = 4 + up_to(20);
}

/// Chains of dead letters, behind all else.
void GraphStages::draw_boxes() {
  for (int box = 0; box < boxes; ++box) {
    bool used = false;
    for (const GraphNode& node : graph.nodes) used = used || node.box == box;
    if (!used) continue;
    GraphNode node;
    node.type = Type::letters;
    node.name = "box" + number(box);
    draw_queue(node);
    graph.nodes.push_back(std::move(node));
  }
}

}  // namespace weir::flow::test
