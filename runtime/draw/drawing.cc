#include "runtime/draw/drawing.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "runtime/draw/drawn_nodes.h"
#include "runtime/explain/plan_names.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// Returns "8.5 MiB", or "8 MiB to 8.5 MiB".
template <class Show>
std::string range(std::uint64_t least, std::uint64_t most, Show show) {
  return least == most ? show(least) : show(least) + " to " + show(most);
}

std::string plural(std::uint64_t records) { return grouped(records) + " records"; }

/// Turns a plan into a drawing, with the passes of a loop folded into one.
class Drawer {
 public:
  explicit Drawer(const compile::Plan& plan) : plan_(plan) {}

  Drawing run() {
    drawing_.name =
        !plan_.name.empty() ? plan_.name : std::filesystem::path(plan_.file).stem().string();
    const auto threads = static_cast<std::uint64_t>(plan_.limits.threads);
    drawing_.limits = plural(plan_.limits.records) + " and " + shown_bytes(plan_.limits.memory) +
                      " in all, " + counted(threads, "thread");
    if (plan_.limits.state > 0) drawing_.limits += ", state " + shown_bytes(plan_.limits.state);
    for (const RegionId r : plan_.regions.ids()) fold(r);
    for (const RegionId r : plan_.regions.ids()) {
      if (shown_[r] == r) draw_region(r);
    }
    for (const RegionId r : plan_.regions.ids()) {
      for (const compile::Outlet& outlet : region(r).outlets) draw_outlet(r, outlet);
    }
    for (const RegionId r : plan_.regions.ids()) {
      for (const compile::LetterOutlet& outlet : region(r).letter_outlets) draw_letters(r, outlet);
    }
    count_passes();
    return std::move(drawing_);
  }

 private:
  const compile::Region& region(RegionId r) const { return plan_.regions[r]; }

  static std::string id_of(RegionId r) { return "r" + std::to_string(r.number()); }

  /// Returns whether the regions are passes of the same stages.
  bool alike(const compile::Region& a, const compile::Region& b) const {
    return written(plan_, a.first) == written(plan_, b.first) &&
           written(plan_, a.last) == written(plan_, b.last);
  }

  /// Decides as which region this one is drawn.
  void fold(RegionId r) {
    RegionId shown = r;
    if (pass_number(plan_, region(r).first) > 1) {
      for (shown = RegionId(); !alike(region(shown), region(r));) ++shown;
    }
    shown_.push_back(shown);
    folded_[shown].push_back(r);
  }

  void draw_region(RegionId r) {
    DrawnRegion drawn;
    drawn.id = id_of(r);
    const std::vector<RegionId>& passes = folded_[r];
    drawn.name = region_name(plan_, r);
    if (passes.size() > 1) {
      drawn.name = plan_.stages[region(r).first].name + " (" +
                   pass_word(plan_, region(r).first, true) + " " +
                   std::to_string(pass_number(plan_, region(r).first)) + " to " +
                   std::to_string(pass_number(plan_, region(passes.back()).first)) + ")";
    }
    drawn.lines.push_back("at most " + quota_of(passes) + (passes.size() > 1 ? " each" : ""));
    if (region(r).pool) {
      const compile::PoolSpec& spec = plan_.pools[*region(r).pool];
      drawn.lines.push_back("pool " + spec.name + ": " +
                            counted(static_cast<std::uint64_t>(spec.threads), "thread"));
    }
    drawn.nodes = drawn_nodes(plan_, r);
    for (std::size_t i = 1; i < drawn.nodes.size(); ++i) {
      drawing_.edges.push_back({drawn.nodes[i - 1].id, drawn.nodes[i].id, "", false, false});
    }
    entry_[r] = drawn.nodes.front().id;
    exit_[r] = drawn.nodes.back().id;
    drawing_.regions.push_back(std::move(drawn));
  }

  std::string quota_of(const std::vector<RegionId>& passes) const {
    std::pair<std::uint64_t, std::uint64_t> records = {~0ull, 0};
    std::pair<std::uint64_t, std::uint64_t> memory = {~0ull, 0};
    for (const RegionId r : passes) {
      const compile::Region& one = region(r);
      records = {std::min(records.first, one.records), std::max(records.second, one.records)};
      memory = {std::min(memory.first, one.memory), std::max(memory.second, one.memory)};
    }
    return range(records.first, records.second, grouped) + " records, " +
           range(memory.first, memory.second, shown_bytes);
  }

  /// Returns the label that an edge needs: the port by which records leave, and the input where its
  /// number matters.
  std::string label(RegionId from, const compile::Outlet& outlet) const {
    const compile::PlannedStage& last = plan_.stages[region(from).last];
    std::string text;
    if (last.ports.size() > 1) text = last.ports[outlet.port];
    const compile::Region& to = region(outlet.to);
    using Kind = compile::MergePolicy::Kind;
    if (to.inputs.size() < 2 || to.merge.kind == Kind::arrival ||
        to.merge.kind == Kind::round_robin) {
      return text;
    }
    // A merge by place takes its inputs in their own order, and the numbers of many passes say
    // nothing.
    if (to.merge.kind == Kind::input || to.merge.kind == Kind::sorted ||
        to.merge.kind == Kind::first) {
      return text;
    }
    text += (text.empty() ? "" : ", ") + std::string("input ") + std::to_string(outlet.input + 1);
    if (to.merge.kind == Kind::weighted && outlet.input < to.merge.weights.size()) {
      text += ", weight " + std::to_string(to.merge.weights[outlet.input]);
    }
    return text;
  }

  void draw_outlet(RegionId from, const compile::Outlet& outlet) {
    const bool again =
        pass_number(plan_, region(outlet.to).first) > pass_number(plan_, region(from).last);
    add({exit_[shown_[from]], entry_[shown_[outlet.to]], label(from, outlet), false, again});
  }

  /// Draws an edge from each node with a stage that sends its dead letters there.
  void draw_letters(RegionId from, const compile::LetterOutlet& outlet) {
    const RegionId shown = shown_[from];
    const std::string to = entry_[shown_[outlet.to]];
    for (const DrawnRegion& drawn : drawing_.regions) {
      if (drawn.id != id_of(shown)) continue;
      for (const DrawnNode& node : drawn.nodes) {
        const std::string what = what_of_letters(node, region(shown), outlet.stage);
        if (!what.empty()) add({node.id, to, what, true, false});
      }
    }
  }

  /// Returns "errors", "deadlines" or both, and for a node with several stages also whose; empty if
  /// there are none.
  std::string what_of_letters(const DrawnNode& node, const compile::Region& in, StageId to) const {
    std::vector<std::string> whose;
    bool errors = false;
    bool deadlines = false;
    for (const StageId i : in.stages()) {
      const compile::PlannedStage& stage = plan_.stages[i];
      if (std::ranges::find(node.stages, stage.name, &DrawnStage::name) == node.stages.end()) {
        continue;
      }
      const bool by_error = stage.on_error.to == to;
      const bool by_deadline = stage.call.deadline && stage.call.on_deadline.to == to;
      if (by_error || by_deadline) whose.push_back(stage.name);
      errors = errors || by_error;
      deadlines = deadlines || (by_deadline && !by_error);
    }
    if (whose.empty()) return {};
    std::string what = errors ? "errors" : "";
    if (deadlines) what += what.empty() ? "deadlines" : " and deadlines";
    return node.stages.size() > 1 ? what + " of " + joined_words(whose) : what;
  }

  void add(DrawnEdge edge) {
    const auto same = std::ranges::find_if(drawing_.edges, [&](const DrawnEdge& other) {
      return other.from == edge.from && other.to == edge.to && other.label == edge.label &&
             other.letters == edge.letters && other.again == edge.again;
    });
    if (same == drawing_.edges.end()) {
      times_.resize(drawing_.edges.size(), 1);
      times_.push_back(1);
      drawing_.edges.push_back(std::move(edge));
    } else {
      ++times_[static_cast<std::size_t>(same - drawing_.edges.begin())];
    }
  }

  /// Labels an edge that stands for those between several passes with how often it is taken.
  void count_passes() {
    for (std::size_t i = 0; i < drawing_.edges.size(); ++i) {
      DrawnEdge& edge = drawing_.edges[i];
      if (!edge.again) continue;
      const auto times = static_cast<std::uint64_t>(times_[i]);
      if (times > 1) edge.label += ", at most " + counted(times, "time");
    }
  }

  const compile::Plan& plan_;
  Drawing drawing_;
  compile::IdVector<RegionId, RegionId> shown_;       ///< The region as which each one is drawn.
  std::map<RegionId, std::vector<RegionId>> folded_;  ///< The regions that are drawn as that one.
  std::map<RegionId, std::string> entry_, exit_;  ///< The first and last nodes of a drawn region.
  std::vector<int> times_;  ///< The number of the plan's edges that each stands for.
};

}  // namespace

Drawing draw(const compile::Plan& plan) { return Drawer(plan).run(); }

}  // namespace weir::cli
