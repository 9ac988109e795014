#include "graph/compile/checks/bounds_check.h"

#include <algorithm>

#include "graph/compile/plan/bounds.h"

namespace weir::compile {

bool check_stage_count(const std::vector<Draft>& drafts, Diagnostics& diagnostics) {
  if (drafts.size() <= kMostStages) return true;
  diagnostics.error(drafts[kMostStages].spec.uses_mark(),
                    "expected at most " + std::to_string(kMostStages) + " stages, got " +
                        std::to_string(drafts.size()));
  return false;
}

void check_source_count(const std::vector<Draft>& drafts, Diagnostics& diagnostics) {
  std::vector<const Draft*> sources;
  for (const Draft& draft : drafts) {
    if (draft.is(Role::source)) sources.push_back(&draft);
  }
  if (sources.size() <= kMostSources) return;
  const bool streams =
      std::ranges::any_of(sources, [](const Draft* source) { return source->pass_of >= 0; });
  diagnostics.error(sources[kMostSources]->spec.uses_mark(),
                    "expected at most " + std::to_string(kMostSources) + " sources" +
                        (streams ? " with those of all streams" : "") + ", got " +
                        std::to_string(sources.size()));
}

void check_forks(const std::vector<Draft>& drafts, const std::vector<Region>& regions,
                 Diagnostics& diagnostics) {
  const auto deep = std::ranges::find_if(
      regions, [](const Region& region) { return region.fork && *region.fork >= kForks; });
  if (deep == regions.end()) return;
  const StageSpec& spec = drafts[static_cast<std::size_t>(deep->last)].spec;
  diagnostics.error(spec.uses_mark(),
                    "'" + spec.name + "' has several readers below " + std::to_string(kForks) +
                        " others that do, expected fewer",
                    "a merge by 'input' or a chain of dead letters below them all keeps count of "
                    "each");
}

}  // namespace weir::compile
