#include "runtime/explain/explain_parts.h"
#include "runtime/explain/plan_names.h"

namespace weir::cli {
namespace {

/// Returns what happens to a record that failed, or whose deadline passed.
std::string ending(const ExplainedStage& stage, const compile::ErrorPolicy& policy) {
  switch (policy.action) {
    case compile::OnError::fail:
      return "ends the run";
    case compile::OnError::skip:
      return "is skipped, and counted";
    case compile::OnError::keep:
      if (stage.is(Role::sink)) return "is skipped, and counted: nothing goes on behind a sink";
      return "goes on as it came, with 'record.error'";
    case compile::OnError::letter:
      return "goes to '" + stage.plan.stages[*policy.to].name + "'";
  }
  return {};
}

/// Returns the port by which this stage sends records back in a loop; empty if it does not.
std::string port_of_loop(const ExplainedStage& stage) {
  for (const StageId pass : further_passes(stage.plan, stage.index)) {
    const compile::PlannedStage& planned = stage.plan.stages[pass];
    if (planned.exhausted_port) return planned.ports[*planned.exhausted_port];
  }
  return {};
}

void add_kinds(const ExplainedStage& stage, Sentences& out) {
  using Kind = compile::MergePolicy::Kind;
  if (stage.merges() && stage.region.merge.kind == Kind::sorted) {
    out.emplace_back("One that comes when larger ones have gone on is an error of kind 'late'.");
  }
  if (stage.merges() && stage.region.merge.kind == Kind::zip) {
    out.emplace_back("One without a partner is an error of kind 'unpaired'.");
  }
  if (stage.merges() && stage.region.merge.kind == Kind::first) {
    out.emplace_back(
        "One that has failed in all of its branches is an error of kind 'none_good', which names "
        "the error of each; a second one of the same origin out of one branch is an error of kind "
        "'several'.");
  }
  if (const std::string port = port_of_loop(stage); !port.empty()) {
    out.push_back("One that is still sent to '" + port +
                  "' in the last pass of the loop is an error of kind 'loop'.");
  }
}

}  // namespace

Sentences about_errors(const ExplainedStage& stage) {
  const compile::PlannedStage& planned = stage.planned;
  Sentences out;
  std::string what = "A record that fails ";
  if (stage.is(Role::source)) what = "What it cannot read ";
  if (stage.is(Role::sink)) what = "A record that it cannot write ";
  out.push_back(what + ending(stage, planned.on_error) + ".");
  const compile::CallPolicy& call = planned.call;
  if (call.deadline && (call.on_deadline.action != planned.on_error.action ||
                        call.on_deadline.to != planned.on_error.to)) {
    out.push_back("One that passes its deadline " + ending(stage, call.on_deadline) + ".");
  }
  add_kinds(stage, out);
  return out;
}

}  // namespace weir::cli
