#pragma once

#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"
#include "graph/compile/graph/stage_names.h"

namespace weir::compile {

/// One `to: NAME` of `on_error` or `on_deadline`.
struct LetterReference {
  StageId from;
  std::string name;
  const Mark* mark = nullptr;
  ErrorPolicy* policy = nullptr;
  std::optional<StageId> to;  ///< Nothing: no stage has this name.
};

/// Returns all references to chains of dead letters, with the stages that they name. Reports names
/// of no stage.
std::vector<LetterReference> find_letters(Drafts& drafts, const StageNames& names,
                                          Diagnostics& diagnostics);

/// Adds the links of dead letters to those of records, which must be there already. Reports
/// references to stages that begin no chain (`Draft::letters`), and stages that both dead letters
/// and other records lead to.
void link_letters(const std::vector<LetterReference>& references, const Drafts& drafts,
                  std::vector<Link>& links, Diagnostics& diagnostics);

}  // namespace weir::compile
