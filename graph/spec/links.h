#pragma once

#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// A record says in one byte by which input it came, and by which port it leaves.
constexpr int kMostInputs = 256;

/// What each stage reads, by `from`, by its place and as dead letters.
struct Linked {
  std::vector<Link> links;  ///< In the order of readers and of their inputs.
  bool good = true;         ///< Nothing was wrong, but perhaps cycles.
};

/// Links the stages. A stage without `from` reads the one above it, unless that is a sink, has
/// several ports or has a reader already: then it takes the dead letters that name it, or must say
/// what it reads. Marks where chains of dead letters begin. Reports what cannot be read and what
/// nobody reads. `mark` is where `stages` is written.
Linked link_stages(std::vector<Draft>& drafts, const Mark& mark, Diagnostics& diagnostics);

}  // namespace weir
