#pragma once

#include <string>
#include <vector>

#include "graph/compile/plan/plan.h"

namespace weir::cli {

/// A reason why two runs over the same input may write different outputs.
struct Chance {
  std::string stages;  ///< In quotes.
  std::string why;
};

/// The answer to the question whether the same input always gives the same output.
struct Determinism {
  std::vector<Chance> chances;  ///< Empty if the plan is deterministic.
  std::vector<std::string>
      conditions;  ///< The conditions for that: "'ask' gives the same answers".
};

Determinism determinism_of(const compile::Plan& plan);

}  // namespace weir::cli
