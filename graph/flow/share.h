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

  bool of_source() const { return region.is_source(); }

  /// Behind all that came from a source, and behind what the regions above made in the end.
  std::uint64_t behind_all(std::uint64_t sequence) const {
    return (std::uint64_t{1} << 40) + (static_cast<std::uint64_t>(index) << 32) + sequence;
  }

  const Region& region;
  const int index;  ///< Into Plan::regions.
  MemoryPool pool;
  Gate gate;
  Pacer pacer;
};

}  // namespace weir
