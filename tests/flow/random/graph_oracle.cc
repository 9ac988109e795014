#include "tests/flow/random/graph_oracle.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tests/flow/random/call_interpreter.h"
#include "tests/flow/random/graph_books.h"
#include "tests/flow/random/graph_merging.h"

namespace weir::flow::test {
namespace {

using Type = GraphNode::Type;
using Drawn = DrawnStage::Type;
using Items = std::vector<GraphItem>;
using Ports = std::vector<GraphStream>;

GraphItem child_of(const GraphItem& item, std::string text) {
  GraphItem child = item;
  child.text = std::move(text);
  return child;
}

/// The state of one sequential run.
class Oracle {
 public:
  Oracle(const Graph& graph, const compile::Plan& plan)
      : graph_(graph), plan_(plan), outputs_(graph.nodes.size()) {}

  GraphExpected run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const GraphNode& node = graph_.nodes[i];
      at_ = static_cast<int>(i);
      if (node.in_loop) {
        if (node.loop_max > 0) run_loop(node);
      } else {
        outputs_[i] = {run_node(node, gathered(node))};
      }
    }
    return books_.close();
  }

 private:
  /// All inputs of the stage as one; those from a loop come from each of its passes.
  GraphStream gathered(const GraphNode& node) {
    std::vector<GraphStream> inputs;
    for (const GraphInput& input : node.inputs) {
      for (const Ports& pass : outputs_[static_cast<std::size_t>(input.node)]) {
        inputs.push_back(pass[static_cast<std::size_t>(input.port)]);
      }
    }
    GraphMerged merged = merge_streams(node, std::move(inputs));
    for (const GraphItem& partner : merged.partners) books_.mark(partner, Outcome::aggregated);
    return std::move(merged.stream);
  }

  void run_loop(const GraphNode& head) {
    const int begin = at_;
    GraphStream in = gathered(head);
    for (int pass = 0; pass <= head.loop_max; ++pass) {
      last_pass_ = pass == head.loop_max;
      for (int i = begin; i <= head.loop_end; ++i) {
        at_ = i;
        const GraphNode& node = graph_.at(i);
        if (i > begin) in = last_of(node.inputs.front());
        outputs_[static_cast<std::size_t>(i)].push_back(run_node(node, std::move(in)));
      }
      in = outputs_[static_cast<std::size_t>(head.loop_end)].back()[1];
    }
  }

  const GraphStream& last_of(const GraphInput& input) const {
    return outputs_[static_cast<std::size_t>(input.node)]
        .back()[static_cast<std::size_t>(input.port)];
  }

  Ports run_node(const GraphNode& node, GraphStream in) {
    begin_fork(node);
    Ports out(node.type == Type::split   ? static_cast<std::size_t>(node.split.ports)
              : node.type == Type::again ? 2
                                         : 1);
    if (node.type == Type::plain && node.drawn.order == "none") in.shuffled = true;
    for (GraphStream& port : out) {
      port.shuffled = in.shuffled;
      port.mixed = in.mixed;
    }
    if (node.box >= 0 && (in.shuffled || in.mixed)) books_.box_of(node).in_order = false;
    Items& first = out.front().items;
    switch (node.type) {
      case Type::source:
        read(node, first);
        break;
      case Type::plain:
        run_plain(node, in.items, first);
        break;
      case Type::split:
      case Type::again:
        send(node, in.items, out);
        break;
      case Type::racer:
        for (const GraphItem& item : in.items) race(node, item, first);
        break;
      case Type::zip:
        for (const GraphItem& item : in.items) zip(node, item, first);
        break;
      case Type::window:
        run_window(node, in.items, first);
        break;
      case Type::collect:
        for (const GraphItem& item : in.items) books_.mark(item, Outcome::delivered);
        books_.expected.sinks[node.name] = std::move(in);
        break;
      case Type::letters:
        if (graph_.sources > 1) books_.expected.boxes[node.name].in_order = false;
        break;
      default:
        change(node, in.items);
        first = std::move(in.items);
    }
    if (out.size() == 1) {
      for (GraphItem& item : first) number(item);
    }
    return out;
  }

  /// The stage in the pass that runs now: how many forks are above it, if it is one.
  void begin_fork(const GraphNode& node) {
    int pass = static_cast<int>(outputs_[static_cast<std::size_t>(at_)].size());
    fork_.reset();
    last_.reset();
    for (const compile::StageId i : plan_.stages.ids()) {
      if (plan_.stages[i].name != node.name || pass-- > 0) continue;
      region_ = plan_.stages[i].region.number();
      const compile::Region& region = plan_.regions[plan_.stages[i].region];
      if (region.last == i) fork_ = region.fork;
      return;
    }
  }

  /// A fork numbers the children of each origin.
  void number(GraphItem& item) {
    if (!fork_) return;
    GraphItem before = item;
    std::uint32_t& child = item.child[*fork_];
    child = last_ && rank_of(*last_) == rank_of(before) ? next_++ : 0;
    if (child == 0) next_ = 1;
    last_ = std::move(before);
  }

  void read(const GraphNode& node, Items& out) {
    books_.open(node.source, node.size);
    for (std::int64_t n = 0; n < node.size; ++n) {
      out.push_back({node.source, {n, 0}, std::to_string(n), {}, {}, 0, 0, false});
    }
  }

  /// Stages that make one record of one.
  static void change(const GraphNode& node, Items& items) {
    std::int64_t count = 0;
    for (GraphItem& item : items) {
      if (node.type == Type::note) item.note = item.text;
      if (node.type == Type::stamp) item.stamp = stamp_of(node.stamp, count++);
      if (node.type == Type::number) {
        item.text = numbered(item.text, static_cast<std::uint64_t>(++count));
      }
      if (node.type == Type::tag) item.text = node.tag + item.text;
      if (node.type == Type::join) item.text += "@" + std::to_string(item.input);
    }
  }

  void run_plain(const GraphNode& node, const Items& in, Items& out) {
    const DrawnStage& stage = node.drawn;
    std::uint64_t count = 0;
    for (GraphItem item : in) {
      if (std::exchange(item.none_good, false)) {
        books_.error(node, item, {Answer::Act::error, {}, false, "none_good", "", 1}, out);
        continue;
      }
      if (stage.odd_only && item.text.size() % 2 == 0) {
        out.push_back(item);
        continue;
      }
      ++count;
      if (stage.type == Drawn::take) {
        take(node, item, count, out);
        continue;
      }
      Answer answer = answer_of(stage, item.text);
      if (stage.type == Drawn::tally && answer.fields_go_on) {
        answer.texts[0] = numbered(answer.texts[0], count);
      }
      if (answer.act == Answer::Act::error) books_.error(node, item, answer, out);
      for (std::string& text : answer.texts) out.push_back(child_of(item, std::move(text)));
    }
    if (stage.type != Drawn::tally) return;
    for (const std::string& text : closing_texts(count)) out.push_back(made(text));
  }

  void take(const GraphNode& node, const GraphItem& item, std::uint64_t count, Items& out) {
    if (static_cast<std::int64_t>(count) > node.drawn.count) return;
    out.push_back(item);
    if (graph_.stops && static_cast<std::int64_t>(count) == node.drawn.count) {
      books_.expected.stopped_at = item.place;
    }
  }

  GraphItem made(std::string text) {
    return {0, {kMade + region_, made_++}, std::move(text), {}, {}, 0, 0, false};
  }

  void send(const GraphNode& node, const Items& in, Ports& out) {
    const bool again = node.type == Type::again;
    for (const GraphItem& item : in) {
      const PortVerdict verdict =
          again ? decide_ports(node.again, item.text) : decide_ports(node.split, item.text);
      const bool back =
          std::ranges::any_of(verdict.out, [](const auto& o) { return o.first == 1; });
      if (verdict.failed) {
        fail_sent(node, item, "chosen", out[0].items);
      } else if (again && last_pass_ && back) {
        fail_sent(node, item, "loop", out[0].items);
      } else {
        for (const auto& [port, text] : verdict.out) {
          GraphItem child = child_of(item, text);
          number(child);
          out[port].items.push_back(std::move(child));
        }
      }
    }
  }

  void fail_sent(const GraphNode& node, const GraphItem& item, const char* kind, Items& out) {
    const std::size_t before = out.size();
    books_.error(node, item, {Answer::Act::error, {}, false, kind, "", 1}, out);
    if (out.size() > before) number(out.back());
  }

  static void race(const GraphNode& node, const GraphItem& item, Items& out) {
    const RacerVerdict verdict = decide_race(node.racer, item.text);
    if (verdict == RacerVerdict::dropped) return;
    out.push_back(item);
    out.back().failed = verdict == RacerVerdict::failed;
  }

  void zip(const GraphNode& node, const GraphItem& item, Items& out) {
    if (!item.unpaired) return out.push_back(child_of(item, item.note));
    GraphItem single = item;
    single.unpaired = false;
    books_.error(node, single, {Answer::Act::error, {}, false, "unpaired", "", 1}, out);
  }

  void run_window(const GraphNode& node, const Items& in, Items& out) {
    std::string first;
    std::int64_t count = 0;
    for (const GraphItem& item : in) {
      if (count++ == 0) first = item.text;
      if (count < node.size) {
        books_.mark(item, Outcome::aggregated);
      } else {
        out.push_back(child_of(item, window_text(first, static_cast<std::uint64_t>(count))));
        count = 0;
      }
    }
    if (count > 0) out.push_back(made(window_text(first, static_cast<std::uint64_t>(count))));
  }

  const Graph& graph_;
  const compile::Plan& plan_;
  GraphBooks books_;
  /// Of each stage, of each pass through it, of each port.
  std::vector<std::vector<Ports>> outputs_;
  std::optional<std::size_t> fork_;  ///< The stage that runs is one.
  std::optional<GraphItem> last_;    ///< What it has numbered last, without the number.
  std::uint32_t next_ = 0;
  int region_ = 0;  ///< Of the stage that runs.
  int at_ = 0;      ///< The stage that runs.
  bool last_pass_ = false;
  std::int64_t made_ = 0;
};

}  // namespace

GraphExpected interpret(const Graph& graph, const compile::Plan& plan) {
  GraphExpected expected = Oracle(graph, plan).run();
  for (auto& [name, box] : expected.boxes) {
    std::ranges::stable_sort(box.letters, {}, &GraphExpected::Letter::place);
  }
  return expected;
}

}  // namespace weir::flow::test
