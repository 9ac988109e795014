#include "graph/compile/checks/bounds_check.h"

#include <algorithm>

#include "graph/compile/plan/bounds.h"

namespace weir::compile {

bool check_stage_count(const Drafts& drafts, Diagnostics& diagnostics) {
  if (drafts.size() <= kMostStages) return true;
  diagnostics.error(drafts[StageId(kMostStages)].spec.uses_mark(),
                    "expected at most " + std::to_string(kMostStages) + " stages, got " +
                        std::to_string(drafts.size()));
  return false;
}

bool check_source_count(const Drafts& drafts, Diagnostics& diagnostics) {
  std::vector<const Draft*> sources;
  for (const Draft& draft : drafts) {
    if (draft.is(Role::source)) sources.push_back(&draft);
  }
  if (sources.size() <= kMostSources) return true;
  const bool streams =
      std::ranges::any_of(sources, [](const Draft* source) { return source->pass_of.has_value(); });
  diagnostics.error(sources[kMostSources]->spec.uses_mark(),
                    "expected at most " + std::to_string(kMostSources) + " sources" +
                        (streams ? " with those of all streams" : "") + ", got " +
                        std::to_string(sources.size()));
  return false;
}

void check_forks(const Drafts& drafts, const Regions& regions, Diagnostics& diagnostics) {
  const auto deep = std::ranges::find_if(
      regions, [](const Region& region) { return region.fork && *region.fork >= kForks; });
  if (deep == regions.end()) return;
  const StageSpec& spec = drafts[deep->last].spec;
  diagnostics.error(spec.uses_mark(),
                    "'" + spec.name + "' has several readers below " + std::to_string(kForks) +
                        " others that do, expected fewer",
                    "a merge by 'input' or a chain of dead letters below them all keeps count of "
                    "each");
}

}  // namespace weir::compile
