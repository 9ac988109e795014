#include "graph/compile/graph/chaos.h"

#include <algorithm>

#include "graph/compile/keys/role_keys.h"
#include "graph/compile/plan/stage_shape.h"

namespace weir::compile {

void mark_chaos(Drafts& drafts, const LoadOptions& options, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (Draft& draft : drafts) {
    draft.chaos = options.chaos_everywhere && draft.type && is_concurrent(draft.type->role);
    names.push_back(draft.spec.name);
  }
  for (const std::string& wanted : options.chaos) {
    const auto found = std::find(names.begin(), names.end(), wanted);
    if (found == names.end()) {
      diagnostics.error({}, "unknown stage " + in_quotes(wanted), did_you_mean(wanted, names));
      continue;
    }
    Draft& draft = drafts[StageId(found - names.begin())];
    draft.chaos = true;
    if (!draft.type || is_concurrent(draft.type->role)) continue;
    diagnostics.error({}, draft.shown() + " is " + role_name(draft.type->role) +
                              ": faults are injected only where each record is seen alone");
  }
}

}  // namespace weir::compile
