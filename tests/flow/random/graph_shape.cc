#include "tests/flow/random/graph_shape.h"

namespace weir::flow::test {
namespace {

using Type = GraphNode::Type;

std::string number(std::int64_t n) { return std::to_string(n); }
std::string truth(bool b) { return b ? "true" : "false"; }

/// As `from` says it.
std::string shown(const Graph& graph, const GraphInput& input) {
  const GraphNode& node = graph.at(input.node);
  if (node.type == Type::split) return node.name + ".p" + number(input.port);
  if (node.type == Type::again) return node.name + (input.port == 0 ? "" : ".retry");
  return node.name;
}

/// The keys that say how the stage stands in the graph.
std::string graph_keys(const Graph& graph, const GraphNode& node) {
  std::string yaml;
  if (!node.implicit && !node.inputs.empty()) {
    std::string list;
    for (const GraphInput& input : node.inputs) {
      list += (list.empty() ? "" : ", ") + shown(graph, input);
    }
    if (node.loop_max > 0) list += ", " + graph.at(node.loop_end).name + ".retry";
    const bool several = node.inputs.size() > 1 || node.loop_max > 0;
    yaml += "    from: " + (several ? "[" + list + "]" : list) + "\n";
  }
  if (!node.merge.empty()) yaml += "    merge: " + node.merge + "\n";
  if (node.loop_max > 0) yaml += "    loop: { max: " + number(node.loop_max) + " }\n";
  return yaml;
}

std::string type_of(const GraphNode& node) {
  switch (node.type) {
    case Type::source:
      return "test.numbers";
    case Type::split:
      return node.async ? "graph.split_async" : "graph.split";
    case Type::again:
      return node.async ? "graph.again_async" : "graph.again";
    case Type::racer:
      return node.async ? "graph.racer_async" : "graph.racer";
    case Type::note:
      return "graph.note";
    case Type::zip:
      return "graph.zip";
    case Type::stamp:
      return "graph.stamp";
    case Type::number:
      return "graph.number";
    case Type::window:
      return "graph.window";
    case Type::tag:
      return "graph.tag";
    case Type::join:
      return "graph.join";
    case Type::letters:
      return "test.letters";
    case Type::collect:
    case Type::plain:
      break;
  }
  return "test.collect";
}

std::string options_of(const GraphNode& node) {
  switch (node.type) {
    case Type::source:
      return "count: " + number(node.size) + ", split: " + truth(node.split_source) +
             ", blocking: " + truth(node.blocking);
    case Type::split:
      return "seed: " + number(node.split.seed) + ", ports: " + number(node.split.ports) +
             ", both: " + number(node.split.both) + ", drop: " + number(node.split.drop) +
             ", fail: " + number(node.split.fail) + ", delay_us: " + number(node.split.delay_us);
    case Type::again:
      return "seed: " + number(node.again.seed) + ", rounds: " + number(node.again.rounds) +
             ", both: " + number(node.again.both) + ", fail: " + number(node.again.fail) +
             ", delay_us: " + number(node.again.delay_us);
    case Type::racer:
      return "seed: " + number(node.racer.seed) + ", drop: " + number(node.racer.drop) +
             ", fail: " + number(node.racer.fail) + ", delay_us: " + number(node.racer.delay_us);
    case Type::stamp:
      return "offset: " + number(node.stamp.offset) + ", step: " + number(node.stamp.step) +
             ", equal: " + number(node.stamp.equal);
    case Type::window:
      return "size: " + number(node.size);
    case Type::tag:
      return "tag: " + node.tag;
    default:
      return "";
  }
}

std::string node_yaml(const Graph& graph, const GraphNode& node) {
  const std::string keys = graph_keys(graph, node);
  if (node.type == Type::plain) {
    DrawnStage stage = node.drawn;
    stage.more = keys + stage.more;
    return stage.yaml(node.name);
  }
  std::string yaml = "  - uses: " + type_of(node) + "\n    name: " + node.name + "\n" + keys;
  if (node.drawn.on_error != "fail") yaml += "    on_error: " + node.drawn.on_error + "\n";
  yaml += node.drawn.more;
  const std::string options = options_of(node);
  if (!options.empty()) yaml += "    with: { " + options + " }\n";
  return yaml;
}

}  // namespace

std::string Graph::yaml() const {
  std::string yaml = limits_yaml(records, memory) + "stages:\n";
  for (const GraphNode& node : nodes) yaml += node_yaml(*this, node);
  return yaml;
}

}  // namespace weir::flow::test
