#include "graph/compile/graph/unroll.h"

#include <algorithm>
#include <utility>

#include "graph/compile/graph/links_by.h"
#include "graph/compile/plan/bounds.h"

namespace weir::compile {
namespace {

/// The position of a stage in a loop.
struct Place {
  int loop = -1;
  int index = 0;  ///< The index in the body.
};

/// Replaces the loops by copies of their bodies.
class Unrolling {
 public:
  Unrolling(std::vector<Draft>& drafts, std::vector<Link>& links, const std::vector<Loop>& loops,
            Diagnostics& diagnostics)
      : drafts_(drafts),
        links_(links),
        loops_(loops),
        diagnostics_(diagnostics),
        stages_(drafts.size()),
        places_(drafts.size()) {}

  bool run() {
    if (loops_.empty()) return true;
    if (!fits()) return false;
    for (std::size_t l = 0; l < loops_.size(); ++l) {
      for (std::size_t i = 0; i < loops_[l].body.size(); ++i) {
        places_[index(loops_[l].body[i])] = {static_cast<int>(l), static_cast<int>(i)};
      }
    }
    for (const Loop& loop : loops_) copy(loop);
    for (const Link& link : links_) find_back_port(link);
    for (const Link& link : links_) count_head_inputs(link);
    for (const Link& link : links_) relink(link);
    counts_ = number_inputs(fresh_, drafts_.size());
    for (std::size_t i = 0; i < stages_; ++i) check_reader(i);
    links_ = std::move(fresh_);
    return good_;
  }

 private:
  static std::size_t index(int stage) { return static_cast<std::size_t>(stage); }
  Draft& at(int stage) { return drafts_[index(stage)]; }
  const Place& place(int stage) const { return places_[index(stage)]; }
  const Loop& loop_of(int stage) const { return loops_[index(place(stage).loop)]; }
  int max_of(const Loop& loop) { return at(loop.head).spec.loop->max; }

  bool fits() {
    std::size_t stages = stages_;
    for (const Loop& loop : loops_) {
      stages += loop.body.size() * static_cast<std::size_t>(max_of(loop));
      if (stages <= kMostStages) continue;
      diagnostics_.error(entry_of(*at(loop.head).spec.node, "loop")->key.mark,
                         "expected at most " + std::to_string(kMostStages) +
                             " stages with all passes of the loops, got more");
      return false;
    }
    return true;
  }

  void copy(const Loop& loop) {
    first_copy_.push_back(static_cast<int>(drafts_.size()));
    for (int pass = 1; pass <= max_of(loop); ++pass) {
      for (int stage : loop.body) {
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
  int in_pass(int stage, int pass) const {
    if (pass == 0) return stage;
    const auto size = static_cast<int>(loop_of(stage).body.size());
    return first_copy_[index(place(stage).loop)] + (pass - 1) * size + place(stage).index;
  }

  bool goes_back(const Link& link) const {
    const int loop = place(link.from).loop;
    return loop >= 0 && loop == place(link.to).loop && loop_of(link.to).head == link.to;
  }

  void find_back_port(const Link& link) {
    if (!goes_back(link)) return;
    at(in_pass(link.from, max_of(loop_of(link.from)))).exhausted_port = link.port;
  }

  void count_head_inputs(const Link& link) {
    const int loop = place(link.to).loop;
    if (loop < 0 || loop_of(link.to).head != link.to) return;
    if (!goes_back(link)) {
      ++at(link.to).inputs;
      return;
    }
    for (int pass = 1; pass <= max_of(loop_of(link.to)); ++pass) {
      ++at(in_pass(link.to, pass)).inputs;
    }
  }

  void relink(const Link& link) {
    const int loop = place(link.from).loop;
    if (loop < 0) {
      fresh_.push_back(link);
      return;
    }
    const int max = max_of(loop_of(link.from));
    const bool stays = loop == place(link.to).loop;
    const bool back = goes_back(link);
    for (int pass = 0; pass <= max; ++pass) {
      Link made = link;
      made.from = in_pass(link.from, pass);
      if (!link.letters && at(made.from).exhausted_port == link.port) continue;
      if (stays) made.to = in_pass(link.to, back ? pass + 1 : pass);
      fresh_.push_back(made);
    }
  }

  /// Checks a stage that reads what leaves a loop, since it reads more inputs than are written.
  void check_reader(std::size_t i) {
    const Draft& draft = drafts_[i];
    if (draft.letters || counts_[i] <= draft.inputs) return;
    if (counts_[i] > static_cast<int>(kMostInputs)) {
      wrong(draft.spec.input_mark(0), "expected at most " + std::to_string(kMostInputs) +
                                          " inputs with all passes of the loops, got " +
                                          std::to_string(counts_[i]));
      return;
    }
    using Kind = MergePolicy::Kind;
    const bool pairs = draft.type && draft.type->pairing != Pairing::none;
    const bool policy = draft.spec.merge && draft.spec.merge->policy;
    const Kind kind = policy ? draft.spec.merge->policy->value : Kind::input;
    const bool counts = kind == Kind::weighted || kind == Kind::round_robin || kind == Kind::concat;
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

  std::vector<Draft>& drafts_;
  std::vector<Link>& links_;
  const std::vector<Loop>& loops_;
  Diagnostics& diagnostics_;
  const std::size_t stages_;     ///< The number of stages without copies.
  std::vector<Place> places_;    ///< For each of these stages.
  std::vector<int> first_copy_;  ///< The first copy of each loop.
  std::vector<Link> fresh_;
  std::vector<int> counts_;  ///< The number of inputs of each stage.
  bool good_ = true;
};

}  // namespace

bool unroll(std::vector<Draft>& drafts, std::vector<Link>& links, const std::vector<Loop>& loops,
            Diagnostics& diagnostics) {
  return Unrolling(drafts, links, loops, diagnostics).run();
}

}  // namespace weir::compile
