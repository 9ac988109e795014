#pragma once

#include "graph/flow/gate.h"
#include "graph/flow/memory_pool.h"
#include "graph/flow/pacer.h"
#include "graph/spec/plan.h"

namespace weir {

/// A region's share of the run's limits, which it neither lends nor borrows: so no region can
/// starve another.
struct Share {
  Share(const Region& region_, int index_, int tokens)
      : region(region_),
        index(index_),
        pool(region_.memory, region_.reserve),
        gate(region_.records, tokens) {}

  bool of_source() const { return index == 0; }

  const Region& region;
  const int index;  ///< Into Plan::regions.
  MemoryPool pool;
  Gate gate;
  Pacer pacer;
};

}  // namespace weir
