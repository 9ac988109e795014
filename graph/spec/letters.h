#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"
#include "graph/spec/stage_names.h"

namespace weir {

/// One `to: NAME` of `on_error` or `on_deadline`.
struct LetterReference {
  int from = 0;
  std::string name;
  const Mark* mark = nullptr;
  ErrorPolicy* policy = nullptr;
  int to = -1;  ///< -1: there is no such stage.
};

/// All of them, with the stages that they name. Reports names that are no stage's.
std::vector<LetterReference> find_letters(std::vector<Draft>& drafts, const StageNames& names,
                                          Diagnostics& diagnostics);

/// Adds the links of dead letters to those of records, which must be there: chains of dead letters
/// begin with the stages that say so. Reports references to other stages, and stages that both a
/// chain of dead letters and others lead to.
void link_letters(const std::vector<LetterReference>& references, const std::vector<Draft>& drafts,
                  std::vector<Link>& links, Diagnostics& diagnostics);

}  // namespace weir
