#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "graph/spec/plan.h"

namespace weir {

/// What the layout needs of one stage.
struct StageShape {
  Role role = Role::transform;
  Workers workers;
  std::optional<Order> order;  ///< As written.
  bool blocking = false;       ///< The type's `process` waits.
  bool policy = false;         ///< A key says how single calls are made: `rate`, `retry`...
  bool queue = false;
  bool chaos = false;    ///< Faults are to be injected.
  bool letters = false;  ///< The first stage of a chain of dead letters.
};

/// Whether stages of that role work on each record alone: all but sources, serial transforms and
/// sinks. Only these can be called record by record.
bool is_concurrent(Role role);

/// Whether the stage is called record by record: it waits, has state per key, or is to be held,
/// counted, repeated or given up for single records. Others are called with batches.
bool is_call(const StageShape& stage);

/// Cuts the stages (source first; each chain ends with a sink) into regions as `Plan` describes
/// them, without their shares.
std::vector<Region> lay_out(const std::vector<StageShape>& stages);

/// How often a region may need the memory of one record at once, for the oldest record to be
/// finished: as it is read or copied out, in each stage, and for what is handed on. A call needs an
/// attempt's copy and what it emits beside the record itself.
std::uint64_t reserve_units(const Region& region, const std::vector<StageShape>& stages);

}  // namespace weir
