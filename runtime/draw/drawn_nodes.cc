#include "runtime/draw/drawn_nodes.h"

#include <string>
#include <utility>

#include "runtime/explain/plan_names.h"
#include "runtime/explain/policy_words.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

using Kind = DrawnNode::Kind;

void append(std::vector<std::string>& to, std::vector<std::string> more) {
  for (std::string& line : more) to.push_back(std::move(line));
}

/// Collects the nodes of one region, from its entry on.
class Nodes {
 public:
  Nodes(const compile::Plan& plan, RegionId region)
      : plan_(plan),
        region_(plan.regions[region]),
        id_("r" + std::to_string(region.number()) + "_") {}

  std::vector<DrawnNode> run() {
    const bool source = plan_.stages[region_.first].type->role == Role::source;
    if (source) {
      add("source", Kind::source).stages.push_back(stage(region_.first));
    } else {
      add_entry();
    }
    if (region_.calls) add_call();
    // A source's first segment also loads splits, so batches overtake each other there.
    bool parallel = source;
    for (std::size_t s = 0; s < region_.segments.size(); ++s) {
      const compile::Segment& segment = region_.segments[s];
      const bool serial = segment.kind == compile::Segment::Kind::serial;
      if (serial && segment.in_order && parallel) {
        add("order" + std::to_string(s), Kind::sequencer).title = "sequencer";
      }
      if (!segment.stages.empty()) add_segment(segment, s);
      parallel = !serial && (parallel || !segment.stages.empty());
    }
    return std::move(nodes_);
  }

 private:
  DrawnNode& add(const std::string& what, Kind kind) {
    DrawnNode& node = nodes_.emplace_back();
    node.id = id_ + what;
    node.kind = kind;
    return node;
  }

  DrawnStage stage(StageId i) const {
    const compile::PlannedStage& planned = plan_.stages[i];
    return {planned.name, planned.name == planned.type->name ? "" : planned.type->name,
            stage_words(planned)};
  }

  /// Adds the node in which records of the regions above wait, and which says how they leave.
  void add_entry() {
    const bool several = merges(plan_, region_);
    DrawnNode& node = add("in", several ? Kind::merge : Kind::buffer);
    const compile::PlannedStage& first = plan_.stages[region_.first];
    if (several) {
      node.title = "merge: " + OptionType<compile::MergePolicy::Kind>::show(region_.merge.kind);
      append(node.lines, merge_words(region_.merge));
    } else {
      node.title = "reorder buffer";
    }
    // A merge has an order of its own, or none.
    if (!several || region_.order != compile::Order::input) {
      node.lines.push_back(order_line(first.call.key));
    }
    if (first.call.queue) node.lines.push_back("queue: " + queue_words(*first.call.queue));
  }

  std::string order_line(const KeyPolicy& key) const {
    switch (region_.order) {
      case compile::Order::input:
        return "order: input";
      case compile::Order::key:
        return "order: key " + key_words(key);
      case compile::Order::none:
        return "order: none";
    }
    return {};
  }

  void add_call() {
    const compile::PlannedStage& planned = plan_.stages[region_.first];
    DrawnNode& node = add("call", Kind::calls);
    DrawnStage called = stage(region_.first);
    append(called.lines, call_words(plan_, planned));
    node.stages.push_back(std::move(called));
    node.lines.push_back("record by record, " + worker_words(planned.workers));
  }

  void add_segment(const compile::Segment& segment, std::size_t s) {
    const bool serial = segment.kind == compile::Segment::Kind::serial;
    const bool sink = plan_.is_sink(segment.stages.back());
    DrawnNode& node = add(std::to_string(s), sink     ? Kind::sink
                                             : serial ? Kind::serial
                                                      : Kind::parallel);
    for (const StageId i : segment.stages) node.stages.push_back(stage(i));
    node.lines.push_back(how(segment));
  }

  static std::string how(const compile::Segment& segment) {
    const std::string fused = segment.stages.front() < segment.stages.back() ? "fused, " : "";
    if (segment.kind == compile::Segment::Kind::serial) return fused + "serial";
    if (segment.workers == 0) return fused + "parallel";
    return fused + "parallel, " + counted(static_cast<std::uint64_t>(segment.workers), "worker");
  }

  const compile::Plan& plan_;
  const compile::Region& region_;
  const std::string id_;
  std::vector<DrawnNode> nodes_;
};

}  // namespace

std::vector<DrawnNode> drawn_nodes(const compile::Plan& plan, RegionId region) {
  return Nodes(plan, region).run();
}

}  // namespace weir::cli
