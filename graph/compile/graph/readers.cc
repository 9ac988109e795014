#include "graph/compile/graph/readers.h"

#include "graph/compile/graph/links_by.h"
#include "graph/compile/plan/bounds.h"

namespace weir::compile {
namespace {

void check_read(const Draft& draft, const std::vector<bool>& read, bool last,
                Diagnostics& diagnostics) {
  const Mark uses = draft.spec.uses_mark();
  const bool several = draft.ports.size() > 1;
  for (std::size_t port = 0; port < draft.ports.size(); ++port) {
    if (read[port]) continue;
    if (several) {
      const std::string name = draft.spec.name + "." + draft.ports[port];
      diagnostics.error(
          uses, "nobody reads port " + in_quotes(draft.ports[port]) + " of " + draft.shown(),
          "name " + in_quotes(name) + " in the 'from' of a stage");
    } else if (last) {
      diagnostics.error(uses, "expected a sink last, got " + draft.shown());
    } else {
      diagnostics.error(uses, "nobody reads " + draft.shown(),
                        draft.spec.numbered
                            ? "give it a 'name' and name that in the 'from' of a stage"
                            : "name it in the 'from' of a stage");
    }
  }
}

/// Returns whether the stage has ports, but not too many; reports it if not.
bool check_ports(const Draft& draft, Diagnostics& diagnostics) {
  const std::size_t ports = draft.ports.size();
  if (!draft.good || (ports >= 1 && ports <= kMostPorts)) return true;
  diagnostics.error(draft.spec.uses_mark(),
                    ports == 0 ? draft.shown() + " has no ports: nothing could leave it"
                               : "expected at most " + std::to_string(kMostPorts) + " ports, got " +
                                     std::to_string(ports));
  return false;
}

}  // namespace

void check_readers(const Drafts& drafts, const std::vector<Link>& links, const Mark& mark,
                   bool sure, Diagnostics& diagnostics) {
  if (drafts.size() < 2) {
    diagnostics.error(mark, "expected at least a source and a sink, got " +
                                std::string(drafts.empty() ? "no stage" : "one stage"));
  }
  const LinksBy readers(links, drafts.size(), &Link::from);
  for (const StageId i : drafts.ids()) {
    const Draft& draft = drafts[i];
    if (!draft.type) continue;
    if (!check_ports(draft, diagnostics)) continue;
    if (i == StageId() && draft.inputs == 0 && !draft.is(Role::source)) {
      diagnostics.error(draft.spec.uses_mark(), "expected a source first, got " + draft.shown());
      continue;
    }
    if (draft.is(Role::sink) || draft.ports.empty() || !sure || drafts.size() < 2) continue;
    std::vector<bool> read(draft.ports.size(), false);
    for (const Link& link : readers.of(i)) read[link.port] = true;
    check_read(draft, read, &draft == &drafts.back(), diagnostics);
  }
}

}  // namespace weir::compile
