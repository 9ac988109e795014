#include "graph/compile/graph/stage_names.h"

namespace weir::compile {

StageNames::StageNames(const Drafts& drafts) {
  for (const StageId stage : drafts.ids()) {
    const StageSpec& spec = drafts[stage].spec;
    (spec.numbered ? numbered_ : stages_).emplace(spec.name, stage);
  }
  for (const auto& [name, stage] : stages_) names_.push_back(name);
}

std::optional<StageId> StageNames::find(std::string_view name) const {
  const auto found = stages_.find(name);
  return found == stages_.end() ? std::nullopt : std::optional(found->second);
}

void StageNames::report_unknown(std::string_view name, const Mark& mark,
                                Diagnostics& diagnostics) const {
  if (diagnostics.crowded()) return diagnostics.fail();
  const bool numbered = numbered_.find(name) != numbered_.end();
  diagnostics.error(
      mark, "unknown stage " + in_quotes(name),
      numbered ? "give the stage that is meant a 'name'" : did_you_mean(name, names_));
}

}  // namespace weir::compile
