#pragma once

#include "graph/compile/plan/plan.h"
#include "graph/flow/batch/gate.h"
#include "graph/flow/batch/pacer.h"
#include "graph/flow/context/failure_cut.h"
#include "graph/flow/memory/held_memory.h"
#include "graph/flow/memory/memory_pool.h"

namespace weir::flow {

/// A region's part of the run's limits, which it neither lends nor borrows, so that no region can
/// starve another.
struct RegionQuota {
  RegionQuota(const compile::Region& region_, RegionId index_, int tokens)
      : region(region_),
        index(index_),
        pool(region_.memory, region_.reserve),
        gate(region_.records, tokens) {}

  bool of_source() const { return region.is_source(); }

  /// Returns a number behind all that came from a source, and behind what the regions above made
  /// at the end of the input.
  TokenNumber behind_all(std::uint64_t number) const { return number_behind_all(index, number); }

  const compile::Region& region;
  const RegionId index;
  MemoryPool pool;
  HeldMemory held{pool};  ///< What its source holds beside the records.
  Gate gate;
  Pacer pacer;
};

}  // namespace weir::flow
