#include "runtime/explain_parts.h"
#include "runtime/plan_names.h"

namespace weir {
namespace {

/// What becomes of a record that failed, or was too late.
std::string ending(const Plan& plan, const ErrorPolicy& policy) {
  switch (policy.action) {
    case OnError::fail:
      return "ends the run";
    case OnError::skip:
      return "is skipped, and counted";
    case OnError::keep:
      return "goes on as it came, with 'record.error'";
    case OnError::letter:
      return "goes to '" + plan.at(policy.to).name + "'";
  }
  return {};
}

/// The port of a loop that this stage sends records back by, if it is one.
std::string port_of_loop(const ExplainedStage& stage) {
  for (const int pass : further_passes(stage.plan, stage.index)) {
    const PlannedStage& planned = stage.plan.at(pass);
    if (planned.exhausted_port < 0) continue;
    return planned.ports[static_cast<std::size_t>(planned.exhausted_port)];
  }
  return {};
}

void add_kinds(const ExplainedStage& stage, Sentences& out) {
  using Kind = MergePolicy::Kind;
  if (stage.merges() && stage.region.merge.kind == Kind::sorted) {
    out.emplace_back("One that comes when larger ones have gone on is an error of kind 'late'.");
  }
  if (stage.merges() && stage.region.merge.kind == Kind::zip) {
    out.emplace_back("One without a partner is an error of kind 'unpaired'.");
  }
  if (const std::string port = port_of_loop(stage); !port.empty()) {
    out.push_back("One that is still sent to '" + port +
                  "' in the last pass of the loop is an error of kind 'loop'.");
  }
}

}  // namespace

Sentences about_errors(const ExplainedStage& stage) {
  const PlannedStage& planned = stage.planned;
  Sentences out;
  std::string what = "A record that fails ";
  if (stage.is(Role::source)) what = "What it cannot read ";
  if (stage.is(Role::sink)) what = "A record that it cannot write ";
  out.push_back(what + ending(stage.plan, planned.on_error) + ".");
  const CallPolicy& call = planned.call;
  if (call.deadline && (call.on_deadline.action != planned.on_error.action ||
                        call.on_deadline.to != planned.on_error.to)) {
    out.push_back("One that passes its deadline " + ending(stage.plan, call.on_deadline) + ".");
  }
  add_kinds(stage, out);
  return out;
}

}  // namespace weir
