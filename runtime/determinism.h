#pragma once

#include <string>
#include <vector>

#include "graph/spec/plan.h"

namespace weir {

/// Why two runs over the same input may differ in what they write.
struct Chance {
  std::string stages;  ///< In quotes.
  std::string why;
};

struct Determinism {
  std::vector<Chance> chances;          ///< None: the plan is deterministic,
  std::vector<std::string> conditions;  ///< as long as these hold: "'ask' gives the same answers".
};

Determinism determinism_of(const Plan& plan);

}  // namespace weir
