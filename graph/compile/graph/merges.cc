#include "graph/compile/graph/merges.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "graph/compile/graph/links_by.h"

namespace weir::compile {
namespace {

using Kind = MergePolicy::Kind;

/// The known order of the records that leave a stage.
struct Flow {
  std::optional<StageId> source;  ///< The stage that all records come from; nothing: several.
  /// True if in the order of their origins, but for what `order` let go ahead.
  bool placed = true;
  bool ordered = true;  ///< True if in that order even without being sorted again.
  StageId mixer;        ///< Unless `placed`: the stage that mixed the records.
};

/// Sets the merge of each stage, and follows the order of records from the sources on.
class Merging {
 public:
  Merging(Drafts& drafts, const std::vector<Link>& links, Diagnostics& diagnostics)
      : drafts_(drafts),
        inputs_(links, drafts.size(), &Link::to),
        diagnostics_(diagnostics),
        flows_(drafts.size()) {}

  void run() {
    for (const StageId i : drafts_.ids()) {
      check_number(drafts_[i]);
      Flow flow = merged(i);
      const std::optional<Order>& order = drafts_[i].spec.order;
      if (order) flow.ordered = *order == Order::input;
      flows_[i] = flow;
    }
  }

 private:
  const Flow& flow(const Link& link) const { return flows_[link.from]; }
  const std::string& name(StageId stage) const { return drafts_[stage].spec.name; }

  /// Reports a `merge` of one input, and a wrong number of inputs of a type that pairs them.
  void check_number(const Draft& draft) {
    if (!draft.type) return;
    if (draft.type->pairing != Pairing::none) return check_pairing(draft);
    if (draft.inputs >= 2 || !draft.spec.merge) return;
    if (!draft.streams) {
      diagnostics_.error(entry_of(*draft.spec.node, "merge")->key.mark,
                         draft.shown() + " has one input and takes no 'merge'",
                         "'from: [a, b]' gives it several");
    } else if (draft.spec.merge->policy && goes_by_place(draft.spec.merge->policy->value)) {
      // This is an error with one stream already, since it is one with several.
      report_sources(draft, draft.spec.merge->policy->value);
    }
  }

  void check_pairing(const Draft& draft) {
    const auto exactly = static_cast<std::size_t>(draft.type->inputs);
    if (exactly == 0 ? draft.inputs >= 2 : draft.inputs == exactly) return;
    const auto& written = draft.spec.from.inputs;
    const bool more = exactly > 0 && draft.inputs > exactly;
    const Mark mark =
        written.empty() ? draft.spec.uses_mark() : draft.spec.input_mark(more ? exactly : 0);
    const std::string wanted = exactly == 0   ? "at least two inputs"
                               : exactly == 2 ? "two inputs"
                                              : std::to_string(exactly) + " inputs";
    diagnostics_.error(mark,
                       draft.shown() + " needs " + wanted + ", got " +
                           (draft.inputs < 2 ? "one" : std::to_string(draft.inputs)),
                       more ? "" : "say 'from: [a, b]'");
  }

  static bool goes_by_place(Kind kind) { return kind == Kind::input || kind == Kind::first; }

  void report_sources(const Draft& draft, Kind kind) {
    const std::string why =
        kind == Kind::first ? "which have no record in common" : "which have no common order";
    diagnostics_.error(draft.spec.merge_mark(),
                       "'" + draft.spec.name + "' cannot merge by '" +
                           OptionType<Kind>::show(kind) +
                           "': its inputs come from different sources, " + why,
                       "say how: 'merge: arrival', or another policy");
  }

  /// Returns what all inputs have in common; for a source, its own flow.
  Flow common(StageId i) {
    const auto inputs = inputs_.of(i);
    if (inputs.empty()) return {i, true, true, {}};
    Flow common = flow(inputs.front());
    for (const Link& link : inputs) {
      if (flow(link).source != common.source) common.source.reset();
      if (common.placed && !flow(link).placed) common.mixer = flow(link).mixer;
      common.placed &= flow(link).placed;
      common.ordered &= flow(link).ordered;
    }
    // Dead letters are asked for in order, whatever order the other records have.
    if (drafts_[i].letters) common.ordered = true;
    return common;
  }

  Flow merged(StageId i) {
    Draft& draft = drafts_[i];
    Flow result = common(i);
    const bool several = inputs_.of(i).size() > 1;
    if (!several) return result;
    if (draft.type && draft.type->pairing == Pairing::together) {
      pair(draft, result, inputs_.of(i));
    } else {
      choose(draft, result);
    }
    const bool by_place = goes_by_place(draft.merge.kind) || draft.merge.by_origin;
    if (by_place) {
      result.ordered = true;
    } else {
      result.placed = false;
      result.mixer = i;
    }
    return result;
  }

  void choose(Draft& draft, const Flow& common) {
    MergePolicy& merge = draft.merge;
    const bool by_place = common.source && common.placed;
    merge.kind = by_place && common.ordered ? Kind::input : Kind::arrival;
    if (!draft.spec.merge) return;
    const MergeSpec& spec = *draft.spec.merge;
    if (spec.policy) merge.kind = spec.policy->value;
    if (spec.by) merge.by = *spec.by;
    merge.lateness = spec.lateness.value_or(Duration(0));
    merge.idle = spec.idle.value_or(Duration(0));
    if (merge.kind == Kind::weighted && spec.weights) take_weights(draft, *spec.weights);
    if (!goes_by_place(merge.kind) || by_place) return;
    if (!common.source) {
      report_sources(draft, merge.kind);
    } else {
      report_mixed(draft, "merge by '" + OptionType<Kind>::show(merge.kind) + "'", common);
    }
  }

  void report_mixed(const Draft& draft, const std::string& what, const Flow& common) {
    diagnostics_.error(draft.spec.merge_mark(),
                       "'" + draft.spec.name + "' cannot " + what + ": '" + name(common.mixer) +
                           "' above does not keep the order of the source",
                       "say 'merge: input' on '" + name(common.mixer) + "' if the order matters");
  }

  void take_weights(Draft& draft, const std::vector<Weight>& weights) {
    for (const Weight& weight : weights) draft.merge.weights.push_back(weight.value);
    if (weights.size() == draft.inputs) return;
    diagnostics_.error(draft.spec.node->find("merge")->find("weights")->mark,
                       "expected " + std::to_string(draft.inputs) +
                           " weights, one for each input, got " + std::to_string(weights.size()));
  }

  /// Sets the merge of a type that puts one record of each input together.
  void pair(Draft& draft, const Flow& common, std::span<const Link> inputs) {
    draft.merge.kind = Kind::zip;
    if (draft.spec.merge) check_pair_keys(draft);
    draft.merge.by_origin = common.source.has_value();
    if (common.source && !common.placed) return report_mixed(draft, "pair by origin", common);
    if (common.source) return;
    std::vector<std::pair<StageId, std::size_t>> sources;
    for (const Link& link : inputs) {
      if (flow(link).source) sources.emplace_back(*flow(link).source, link.input);
    }
    std::sort(sources.begin(), sources.end());
    const auto twice =
        std::adjacent_find(sources.begin(), sources.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice == sources.end()) return;
    diagnostics_.error(draft.spec.input_mark(std::next(twice)->second),
                       draft.shown() + " cannot pair two inputs of the source '" +
                           name(twice->first) + "' with one of another",
                       "pair these two first");
  }

  void check_pair_keys(Draft& draft) {
    const MergeSpec& spec = *draft.spec.merge;
    draft.merge.idle = spec.idle.value_or(Duration(0));
    const Node& merge = *draft.spec.node->find("merge");
    if (merge.shape == Node::Shape::map && !spec.policy) return;
    const Node::Entry* policy = entry_of(merge, "policy");
    diagnostics_.error(policy ? policy->key.mark : entry_of(*draft.spec.node, "merge")->key.mark,
                       draft.shown() + " pairs its inputs itself and takes no policy",
                       "all that may be said is 'merge: { idle: 5s }'");
  }

  Drafts& drafts_;
  LinksBy inputs_;
  Diagnostics& diagnostics_;
  IdVector<StageId, Flow> flows_;
};

}  // namespace

void resolve_merges(Drafts& drafts, const std::vector<Link>& links, Diagnostics& diagnostics) {
  Merging(drafts, links, diagnostics).run();
}

}  // namespace weir::compile
