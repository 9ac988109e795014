#include "graph/compile/graph/unroll.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/compile/graph/links_by.h"
#include "graph/compile/plan/bounds.h"

namespace weir::compile {
namespace {

/// The position of a stage in a loop.
struct Place {
  std::optional<std::size_t> loop;
  std::size_t index = 0;  ///< The index in the body.
};

/// Replaces the loops by copies of their bodies.
class Unrolling {
 public:
  Unrolling(Drafts& drafts, std::vector<Link>& links, const std::vector<Loop>& loops,
            Diagnostics& diagnostics)
      : drafts_(drafts),
        links_(links),
        loops_(loops),
        diagnostics_(diagnostics),
        places_(drafts.size()) {}

  bool run() {
    if (loops_.empty()) return true;
    if (!fits()) return false;
    for (std::size_t l = 0; l < loops_.size(); ++l) {
      for (std::size_t i = 0; i < loops_[l].body.size(); ++i) {
        places_[loops_[l].body[i]] = {l, i};
      }
    }
    for (const Loop& loop : loops_) copy(loop);
    for (const Link& link : links_) find_back_port(link);
    for (const Link& link : links_) count_head_inputs(link);
    for (const Link& link : links_) relink(link);
    counts_ = number_inputs(fresh_, drafts_.size());
    for (const StageId i : places_.ids()) check_reader(i);
    links_ = std::move(fresh_);
    return good_;
  }

 private:
  Draft& at(StageId stage) { return drafts_[stage]; }
  const Place& place(StageId stage) const { return places_[stage]; }
  const Loop& loop_of(StageId stage) const { return loops_[*place(stage).loop]; }
  std::size_t max_of(const Loop& loop) {
    return static_cast<std::size_t>(at(loop.head).spec.loop->max);
  }

  bool fits() {
    std::size_t stages = drafts_.size();
    for (const Loop& loop : loops_) {
      stages += loop.body.size() * max_of(loop);
      if (stages <= kMostStages) continue;
      diagnostics_.error(entry_of(*at(loop.head).spec.node, "loop")->key.mark,
                         "expected at most " + std::to_string(kMostStages) +
                             " stages with all passes of the loops, got more");
      return false;
    }
    return true;
  }

  void copy(const Loop& loop) {
    first_copy_.push_back(drafts_.end_id());
    for (std::size_t pass = 1; pass <= max_of(loop); ++pass) {
      for (const StageId stage : loop.body) {
        Draft draft = at(stage);
        draft.pass_of = stage;
        // The head's `merge` is about the inputs from outside the loop.
        if (stage == loop.head) draft.spec.merge.reset();
        if (stage == loop.head) draft.inputs = 0;
        drafts_.push_back(std::move(draft));
      }
    }
    at(loop.head).inputs = 0;
  }

  /// Returns the copy of the stage for a pass; pass 0 is the original.
  StageId in_pass(StageId stage, std::size_t pass) const {
    if (pass == 0) return stage;
    const std::size_t size = loop_of(stage).body.size();
    return first_copy_[*place(stage).loop] + (pass - 1) * size + place(stage).index;
  }

  bool goes_back(const Link& link) const {
    const std::optional<std::size_t> loop = place(link.from).loop;
    return loop && loop == place(link.to).loop && loop_of(link.to).head == link.to;
  }

  void find_back_port(const Link& link) {
    if (!goes_back(link)) return;
    at(in_pass(link.from, max_of(loop_of(link.from)))).exhausted_port = link.port;
  }

  void count_head_inputs(const Link& link) {
    if (!place(link.to).loop || loop_of(link.to).head != link.to) return;
    if (!goes_back(link)) {
      ++at(link.to).inputs;
      return;
    }
    for (std::size_t pass = 1; pass <= max_of(loop_of(link.to)); ++pass) {
      ++at(in_pass(link.to, pass)).inputs;
    }
  }

  void relink(const Link& link) {
    const std::optional<std::size_t> loop = place(link.from).loop;
    if (!loop) {
      fresh_.push_back(link);
      return;
    }
    const std::size_t max = max_of(loop_of(link.from));
    const bool stays = loop == place(link.to).loop;
    const bool back = goes_back(link);
    for (std::size_t pass = 0; pass <= max; ++pass) {
      Link made = link;
      made.from = in_pass(link.from, pass);
      if (!link.letters && at(made.from).exhausted_port == link.port) continue;
      if (stays) made.to = in_pass(link.to, back ? pass + 1 : pass);
      fresh_.push_back(made);
    }
  }

  /// Checks a stage that reads what leaves a loop, since it reads more inputs than are written.
  void check_reader(StageId i) {
    const Draft& draft = drafts_[i];
    if (draft.letters || counts_[i] <= draft.inputs) return;
    if (counts_[i] > kMostInputs) {
      wrong(draft.spec.input_mark(0), "expected at most " + std::to_string(kMostInputs) +
                                          " inputs with all passes of the loops, got " +
                                          std::to_string(counts_[i]));
      return;
    }
    using Kind = MergePolicy::Kind;
    const bool pairs = draft.type && draft.type->pairing != Pairing::none;
    const bool policy = draft.spec.merge && draft.spec.merge->policy;
    const Kind kind = policy ? draft.spec.merge->policy->value : Kind::input;
    const bool counts = kind == Kind::weighted || kind == Kind::round_robin ||
                        kind == Kind::concat || kind == Kind::first;
    if (draft.inputs < 2 || (!pairs && !counts)) return;
    wrong(
        draft.spec.input_mark(0),
        "'" + draft.spec.name + "' cannot tell the passes of a loop that it reads from its inputs",
        "put a stage between them");
  }

  void wrong(const Mark& mark, std::string message, std::string hint = {}) {
    diagnostics_.error(mark, std::move(message), std::move(hint));
    good_ = false;
  }

  Drafts& drafts_;
  std::vector<Link>& links_;
  const std::vector<Loop>& loops_;
  Diagnostics& diagnostics_;
  IdVector<StageId, Place> places_;  ///< For each stage but the copies.
  std::vector<StageId> first_copy_;  ///< The first copy of each loop.
  std::vector<Link> fresh_;
  IdVector<StageId, std::size_t> counts_;  ///< The number of inputs of each stage.
  bool good_ = true;
};

}  // namespace

bool unroll(Drafts& drafts, std::vector<Link>& links, const std::vector<Loop>& loops,
            Diagnostics& diagnostics) {
  return Unrolling(drafts, links, loops, diagnostics).run();
}

}  // namespace weir::compile
