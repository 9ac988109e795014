#include "graph/compile/graph/loops.h"

#include <algorithm>
#include <map>

#include "graph/compile/graph/components.h"
#include "graph/compile/graph/links_by.h"
#include "graph/compile/keys/role_keys.h"

namespace weir::compile {
namespace {

/// The maximum number of stages of a cycle that a message names.
constexpr std::size_t kMostShown = 8;

/// Checks one cyclic component.
class LoopCheck {
 public:
  LoopCheck(const Drafts& drafts, const std::vector<Link>& links, const LinksBy& inputs,
            const LinksBy& readers, IdVector<StageId, bool>& inside, Diagnostics& diagnostics)
      : drafts_(drafts),
        links_(links),
        inputs_(inputs),
        readers_(readers),
        inside_(inside),
        diagnostics_(diagnostics) {}

  std::optional<Loop> run(std::vector<StageId> body) {
    std::vector<StageId> heads;
    for (const StageId stage : body) {
      if (at(stage).spec.loop) heads.push_back(stage);
    }
    if (heads.empty()) {
      report_cycle(body, inside_, links_);
      return std::nullopt;
    }
    if (heads.size() > 1) {
      const StageSpec& second = at(heads[1]).spec;
      wrong(loop_mark(heads[1]), "'" + second.name + "' and '" + at(heads[0]).spec.name +
                                     "' are in one cycle and have a 'loop' each: expected one");
      return std::nullopt;
    }
    Loop loop{heads.front(), std::move(body)};
    for (const StageId stage : loop.body) check_stage(loop, stage);
    check_ends(loop);
    if (good_) check_rest(loop);
    return good_ ? std::optional(std::move(loop)) : std::nullopt;
  }

 private:
  const Draft& at(StageId stage) const { return drafts_[stage]; }
  bool inside(StageId stage) const { return inside_[stage]; }
  const Mark& loop_mark(StageId stage) const {
    return entry_of(*at(stage).spec.node, "loop")->key.mark;
  }

  void wrong(const Mark& mark, std::string message, std::string hint = {}) {
    diagnostics_.error(mark, std::move(message), std::move(hint));
    good_ = false;
  }

  /// Reports a cycle at a link that leads up in the file, or to the stage itself. Every cycle has
  /// such a link, and only `from` makes one.
  void report_cycle(const std::vector<StageId>& body, const IdVector<StageId, bool>& part,
                    const std::vector<Link>& links) {
    for (const StageId stage : body) {
      for (const Link& link : inputs_.of(stage)) {
        if (!part[link.from] || link.from < stage) continue;
        const std::vector<StageId> way = shortest_way(stage, link.from, part, links);
        wrong(at(stage).spec.input_mark(link.input), "cycle: " + shown(stage, link.from, way),
              "for a bounded one say 'loop: { max: N }' on the stage that takes records again");
        return;
      }
    }
  }

  std::string shown(StageId first, StageId last, const std::vector<StageId>& way) const {
    std::string text = at(first).spec.name;
    if (first != last) {
      for (std::size_t i = 1; i < way.size(); ++i) {
        if (i >= kMostShown && i + 1 < way.size()) continue;
        text += (i > kMostShown ? " -> ... -> " : " -> ") + at(way[i]).spec.name;
      }
    }
    return text + " -> " + at(first).spec.name;
  }

  void check_stage(const Loop& loop, StageId stage) {
    const Draft& draft = at(stage);
    const std::string head = "the loop of '" + at(loop.head).spec.name + "'";
    const bool fits = !draft.type || draft.type->role == Role::transform ||
                      draft.type->role == Role::batch_transform ||
                      draft.type->role == Role::async_transform;
    if (!fits) {
      wrong(draft.spec.uses_mark(),
            draft.shown() + " is " + role_name(draft.type->role) + " and cannot be in " + head,
            "only stages that keep nothing between records can");
    } else if (stage == loop.head && draft.type && draft.type->pairing != Pairing::none) {
      wrong(draft.spec.uses_mark(), draft.shown() + " pairs its inputs and cannot begin a loop");
    }
    for (const Link& link : inputs_.of(stage)) {
      if (stage == loop.head || inside(link.from)) continue;
      wrong(draft.spec.input_mark(link.input),
            "'" + draft.spec.name + "' is in " + head + " and cannot read '" +
                at(link.from).spec.name + "' outside it",
            "what enters a loop enters it at the stage with 'loop'");
    }
  }

  /// Checks how the loop is entered, repeated and left.
  void check_ends(const Loop& loop) {
    const std::string name = "'" + at(loop.head).spec.name + "'";
    std::map<StageId, std::size_t> ports;
    bool entered = false;
    for (const Link& link : inputs_.of(loop.head)) {
      entered |= !inside(link.from);
      if (!inside(link.from)) continue;
      const auto [back, fresh] = ports.emplace(link.from, link.port);
      if (!fresh) {
        wrong(at(loop.head).spec.input_mark(link.input), "'" + at(link.from).spec.name +
                                                             "' sends records back to " + name +
                                                             " by two ports: expected one");
      }
    }
    if (!entered) {
      wrong(loop_mark(loop.head), "nothing enters the loop of " + name,
            "name a stage outside it in its 'from' too");
    }
    const bool left = std::any_of(loop.body.begin(), loop.body.end(), [&](StageId stage) {
      const auto readers = readers_.of(stage);
      return std::any_of(readers.begin(), readers.end(),
                         [&](const Link& link) { return !link.letters && !inside(link.to); });
    });
    if (!left) wrong(loop_mark(loop.head), "nothing leaves the loop of " + name);
  }

  /// Reports a cycle that remains without the links back to the head.
  void check_rest(const Loop& loop) {
    const auto place = [&](StageId stage) {
      const auto found = std::lower_bound(loop.body.begin(), loop.body.end(), stage);
      return StageId(found - loop.body.begin());
    };
    std::vector<Link> rest;
    for (const StageId stage : loop.body) {
      for (const Link& link : inputs_.of(stage)) {
        if (stage == loop.head || !inside(link.from)) continue;
        rest.push_back({place(link.from), link.port, place(stage), link.input, false});
      }
    }
    const auto cycles = cyclic_components(loop.body.size(), rest);
    if (cycles.empty()) return;
    std::vector<StageId> cycle;
    IdVector<StageId, bool> part(drafts_.size(), false);
    for (const StageId i : cycles.front()) {
      cycle.push_back(loop.body[i.number()]);
      part[cycle.back()] = true;
    }
    report_cycle(cycle, part, links_);
  }

  const Drafts& drafts_;
  const std::vector<Link>& links_;
  const LinksBy& inputs_;
  const LinksBy& readers_;
  IdVector<StageId, bool>& inside_;
  Diagnostics& diagnostics_;
  bool good_ = true;
};

void report_unclosed(const Draft& draft, Diagnostics& diagnostics) {
  diagnostics.error(entry_of(*draft.spec.node, "loop")->key.mark,
                    "'" + draft.spec.name + "' closes no cycle and takes no 'loop'",
                    "its 'from' names the port by which a stage below sends records back");
}

}  // namespace

std::optional<std::vector<Loop>> find_loops(const Drafts& drafts, const std::vector<Link>& links,
                                            Diagnostics& diagnostics) {
  std::vector<Loop> loops;
  IdVector<StageId, bool> cyclic(drafts.size(), false);
  IdVector<StageId, bool> inside(drafts.size(), false);
  const LinksBy inputs(links, drafts.size(), &Link::to);
  const LinksBy readers(links, drafts.size(), &Link::from);
  bool good = true;
  const auto cycles = cyclic_components(drafts.size(), links);
  for (const std::vector<StageId>& body : cycles) {
    // Each check may cost as much as the whole graph, and nobody reads so many errors.
    if (!good && &body - cycles.data() >= 20) break;
    for (const StageId stage : body) inside[stage] = true;
    LoopCheck check(drafts, links, inputs, readers, inside, diagnostics);
    std::optional<Loop> loop = check.run(body);
    if (loop) loops.push_back(std::move(*loop));
    good &= loop.has_value();
    for (const StageId stage : body) {
      inside[stage] = false;
      cyclic[stage] = true;
    }
  }
  for (const StageId i : drafts.ids()) {
    if (!good) break;
    if (!drafts[i].spec.loop || !drafts[i].good || cyclic[i]) continue;
    report_unclosed(drafts[i], diagnostics);
  }
  return good ? std::optional(std::move(loops)) : std::nullopt;
}

}  // namespace weir::compile
