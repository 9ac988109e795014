#include "graph/spec/chain.h"

namespace weir {

void check_chain(const std::vector<Draft>& drafts, const Mark& mark, Diagnostics& diagnostics) {
  if (drafts.size() < 2) {
    diagnostics.error(mark, "expected at least a source and a sink, got " +
                                std::string(drafts.empty() ? "no stage" : "one stage"));
  }
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    const Draft& draft = drafts[i];
    if (!draft.type) continue;
    const Mark uses = draft.spec.uses_mark();
    // What stands at an end and is no stage, or of an unknown type, is wrong already.
    const bool first = i == 0 || (i == 1 && !drafts.front().type);
    const bool last = (i + 1 == drafts.size() && drafts.size() > 1) ||
                      (i + 2 == drafts.size() && !drafts.back().type) ||
                      (i + 1 < drafts.size() && drafts[i + 1].letters);
    const bool is_source = draft.type->role == Role::source;
    const bool is_sink = draft.type->role == Role::sink;
    if (is_source && !first) {
      diagnostics.error(uses, "stage " + draft.shown() + " is a source and must be first",
                        "a pipeline has one source");
    } else if (is_sink && !last) {
      diagnostics.error(
          uses, "stage " + draft.shown() + " is a sink and must be last",
          "a stage behind a sink takes dead letters: 'on_error: { to: NAME }' names it");
    } else if (i == 0 && !is_source) {
      diagnostics.error(uses, "expected a source first, got " + draft.shown());
    } else if (i > 0 && i + 1 == drafts.size() && !is_sink) {
      diagnostics.error(uses, "expected a sink last, got " + draft.shown());
    }
  }
}

}  // namespace weir
