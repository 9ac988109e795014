#include "graph/compile/checks/branches_check.h"

#include <utility>

#include "graph/compile/regions/branches.h"
#include "graph/compile/regions/layout.h"

namespace weir::compile {
namespace {

class BranchesCheck {
 public:
  BranchesCheck(const Drafts& drafts, const Shapes& shapes, Diagnostics& diagnostics)
      : drafts_(drafts), shapes_(shapes), diagnostics_(diagnostics) {}

  void run(const Regions& regions) {
    for (const Region& merge : regions) {
      if (!takes_first(merge)) continue;
      const IdVector<RegionId, bool> branches = branches_of(regions, merge);
      for (const RegionId r : branches.ids()) {
        if (!branches[r]) continue;
        for (const StageId i : regions[r].stages()) check_stage(drafts_[merge.first], i);
      }
    }
  }

 private:
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
  Diagnostics& diagnostics_;
};

}  // namespace

void check_branches(const Drafts& drafts, const Shapes& shapes, const Regions& regions,
                    Diagnostics& diagnostics) {
  BranchesCheck(drafts, shapes, diagnostics).run(regions);
}

}  // namespace weir::compile
