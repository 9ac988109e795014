#include "graph/compile/checks/branches_check.h"

#include <algorithm>

#include "graph/compile/graph/links_by.h"

namespace weir::compile {
namespace {

class BranchesCheck {
 public:
  BranchesCheck(const Drafts& drafts, const Shapes& shapes, const std::vector<Link>& links,
                Diagnostics& diagnostics)
      : drafts_(drafts),
        shapes_(shapes),
        inputs_(links, drafts.size(), &Link::to),
        diagnostics_(diagnostics) {}

  void run() {
    for (const StageId i : drafts_.ids()) {
      if (drafts_[i].merge.kind == MergePolicy::Kind::first) check_merge(i);
    }
  }

 private:
  void check_merge(StageId merge) {
    IdVector<StageId, std::size_t> ways(drafts_.size(), 0);
    const auto inputs = inputs_.of(merge);
    for (const Link& link : inputs) {
      const IdVector<StageId, bool> above = with_those_above(link.from);
      for (const StageId i : above.ids()) ways[i] += above[i] ? 1 : 0;
    }
    for (const StageId i : ways.ids()) {
      if (ways[i] > 0 && ways[i] < inputs.size()) check_stage(drafts_[merge], i);
    }
  }

  IdVector<StageId, bool> with_those_above(StageId stage) const {
    IdVector<StageId, bool> seen(drafts_.size(), false);
    std::vector<StageId> open = {stage};
    while (!open.empty()) {
      const StageId at = open.back();
      open.pop_back();
      if (seen[at]) continue;
      seen[at] = true;
      for (const Link& link : inputs_.of(at)) open.push_back(link.from);
    }
    return seen;
  }

  void check_stage(const Draft& merge, StageId i) {
    const Draft& draft = drafts_[i];
    const StageSpec& spec = draft.spec;
    StageShape shape = shapes_[i];
    shape.chaos = false;  // Injected faults end as those of the file's own would.
    const bool calls = is_call(shape);
    const auto keeps = [](const ErrorSpec& error) { return error.policy.action == OnError::keep; };
    if (draft.is(Role::serial_transform) || draft.is(Role::keyed_transform)) {
      report(merge, "cannot cancel what loses in " + draft.shown() + ", which keeps records",
             "put it above or below the branches");
    } else if (calls && !keeps(spec.on_error)) {
      report(merge, "needs 'on_error: keep' on '" + spec.name + "'",
             "so that an error there counts only if no other branch is good");
    } else if (calls && spec.on_deadline && !keeps(*spec.on_deadline)) {
      report(merge, "needs 'on_deadline: keep' on '" + spec.name + "'",
             "so that an error there counts only if no other branch is good");
    }
    if (spec.queue && sheds(*spec.queue)) {
      report(merge, "takes no queue that sheds, as that of '" + spec.name + "'",
             "put it on a stage above the branches");
    }
  }

  static bool sheds(const QueueSpec& spec) {
    const QueuePolicy queue = spec.policy();
    return queue.when_full != QueuePolicy::WhenFull::wait || queue.max_age;
  }

  void report(const Draft& merge, const std::string& what, std::string hint) {
    diagnostics_.error(merge.spec.merge_mark(), "'first' " + what, std::move(hint));
  }

  const Drafts& drafts_;
  const Shapes& shapes_;
  const LinksBy inputs_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_branches(const Drafts& drafts, const Shapes& shapes, const std::vector<Link>& links,
                    Diagnostics& diagnostics) {
  BranchesCheck(drafts, shapes, links, diagnostics).run();
}

}  // namespace weir::compile
