#include "runtime/explain/determinism.h"

#include <algorithm>
#include <utility>

#include "runtime/explain/explain_parts.h"
#include "runtime/explain/plan_names.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

using Kind = compile::MergePolicy::Kind;

std::string shown(std::chrono::nanoseconds time) { return OptionType<Duration>::show(time); }

/// Looks through a plan for everything that makes its output depend on time.
class Judge {
 public:
  explicit Judge(const compile::Plan& plan) : plan_(plan) {}

  Determinism run() {
    for (const StageId i : stages_in_file_order(plan_)) {
      const ExplainedStage stage(plan_, i);
      if (stage.merges()) look_at_merge(stage);
      if (stage.begins) look_at_order(stage);
      if (stage.segment) look_at_segment(stage);
      look_at_policies(stage);
    }
    look_at_answers();
    look_at_state();
    look_at_sinks();
    return std::move(result_);
  }

 private:
  void add(const ExplainedStage& stage, std::string why) {
    result_.chances.push_back({quoted_words({stage.planned.name}), std::move(why)});
  }

  void look_at_merge(const ExplainedStage& stage) {
    const compile::MergePolicy& merge = stage.region.merge;
    const bool by_place = merge.kind == Kind::input || (merge.kind == Kind::zip && merge.by_origin);
    const bool waits = by_place || merge.kind == Kind::concat || merge.kind == Kind::sorted ||
                       merge.kind == Kind::zip;
    if (merge.kind == Kind::first) {
      add(stage, "merge first: which branch is first depends on how fast they are");
    } else if (!waits) {
      add(stage, (stage.region.letters
                      ? "its dead letters come"
                      : "merge " + OptionType<Kind>::show(merge.kind) + ": records come") +
                     std::string(" as they are ready"));
    }
    if (waits && !by_place && merge.idle.count() > 0) {
      add(stage, "idle " + shown(merge.idle) + ": who is silent so long depends on the clock");
    }
    if (merge.kind == Kind::sorted && merge.lateness.count() > 0) {
      result_.conditions.push_back("no input of '" + stage.planned.name + "' has more within " +
                                   shown(merge.lateness) + " than its quota holds");
    }
  }

  bool comes_in_order(const compile::Region& region) const {
    return std::ranges::all_of(region.inputs, [&](RegionId input) {
      const compile::Region& above = plan_.regions[input];
      return above.order == compile::Order::input && leaves(above);
    });
  }

  static bool leaves(const compile::Region& region) { return region.segments.back().in_order; }

  /// Looks at the stage at which order ends. Below it order is missing too, but other stages do not
  /// cause that.
  void look_at_order(const ExplainedStage& stage) {
    if (stage.region.order == compile::Order::input || !comes_in_order(stage.region)) return;
    if (stage.region.order == compile::Order::key) {
      add(stage, "order key: records of different keys leave as they are done");
    } else {
      add(stage, "order none: records leave as they are done");
    }
  }

  /// Names all stages that may have caused it, because the plan no longer says which one has
  /// `order: none`: those between two places at which batches are put in order, or one above them.
  void look_at_segment(const ExplainedStage& stage) {
    const compile::Segment& segment = *stage.segment;
    if (segment.kind != compile::Segment::Kind::parallel || stage.index != segment.stages.back())
      return;
    if (stage.region.order != compile::Order::input || stage.goes_on_in_order()) return;
    std::vector<std::string> names;
    for (const StageId i : segment.stages) names.push_back(plan_.stages[i].name);
    result_.chances.push_back(
        {quoted_words(names), "order none, here or above: batches leave as they are done"});
  }

  void look_at_policies(const ExplainedStage& stage) {
    const compile::CallPolicy& call = stage.planned.call;
    if (call.deadline) {
      add(stage, "deadline " + shown(*call.deadline) + ": who passes it depends on the clock");
    }
    if (call.timeout) {
      add(stage,
          "timeout " + shown(*call.timeout) + ": which attempts pass it depends on the clock");
    }
    if (call.hedge) add(stage, "hedge: the first good answer wins");
    if (call.breaker) add(stage, "breaker: which calls fail at once depends on the clock");
    if (call.queue && call.queue->when_full != compile::QueuePolicy::WhenFull::wait) {
      add(stage, "queue: which records are shed depends on how fast it is");
    }
    if (call.queue && call.queue->max_age) {
      add(stage, "queue max_age " + shown(*call.queue->max_age) +
                     ": which records wait longer depends on the clock");
    }
    if (stage.is(Role::keyed_transform) && call.key.when_full == KeyPolicy::WhenFull::evict) {
      add(stage, "key when_full evict: which key makes room depends on how fast the others are");
    }
    for (const std::string& why : stage.planned.chances) add(stage, why);
    const TypeSpec& type = *stage.planned.type;
    const void* const options = stage.planned.options.get();
    if (type.timed && type.timed(options)) {
      add(stage, "it acts by the clock");
    } else if (type.by_clock && type.by_clock(options)) {
      add(stage, "what it puts out depends on when records come");
    }
  }

  void look_at_answers() {
    std::vector<std::string> asked;
    for (const StageId i : stages_in_file_order(plan_)) {
      const TypeSpec& type = *plan_.stages[i].type;
      if (type.role == Role::async_transform || type.blocking)
        asked.push_back(plan_.stages[i].name);
    }
    if (asked.empty()) return;
    const std::string verb = asked.size() == 1 ? " gives" : " give";
    result_.conditions.push_back(quoted_words(asked) + verb + " the same answers");
  }

  /// Looks at the one budget for the state of stages that do not wait for each other.
  void look_at_state() {
    std::vector<std::string> keepers;
    bool keyed = false;
    for (const StageId i : stages_in_file_order(plan_)) {
      const ExplainedStage stage(plan_, i);
      if (!stage.keeps_state()) continue;
      keepers.push_back(stage.planned.name);
      keyed = keyed || stage.is(Role::keyed_transform);
    }
    if (keepers.size() < 2 && !keyed) return;
    result_.conditions.push_back("what " + quoted_words(keepers) +
                                 (keepers.size() == 1 ? " keeps" : " keep") +
                                 " fits into 'limits.state'");
  }

  void look_at_sinks() {
    std::vector<std::string> names;
    for (const StageId i : stages_in_file_order(plan_)) {
      if (plan_.is_sink(i) && plan_.sink_at(i).writes_stdout())
        names.push_back(plan_.stages[i].name);
    }
    if (names.size() < 2) return;
    result_.chances.push_back(
        {quoted_words(names), "write to standard output: their records mix as they come"});
  }

  const compile::Plan& plan_;
  Determinism result_;
};

}  // namespace

Determinism determinism_of(const compile::Plan& plan) { return Judge(plan).run(); }

}  // namespace weir::cli
