#pragma once

#include <optional>

#include "graph/compile/plan/plan.h"

namespace weir::compile {

/// The properties of one stage that decide how regions are laid out.
struct StageShape {
  Role role = Role::transform;
  Workers workers;
  std::optional<Order> order;  ///< `order` as written.
  bool blocking = false;       ///< True if the type's `process` waits.
  bool policy = false;         ///< True if a key says how single calls are made: `rate`, `retry`...
  bool queue = false;
  bool chaos = false;               ///< True if faults are injected.
  bool letters = false;             ///< True if it is the first stage of a chain of dead letters.
  bool timed = false;               ///< True if it has something to do by the clock.
  std::optional<std::size_t> pool;  ///< Region::pool.
  MergePolicy merge;                ///< For a stage with several inputs.
};

using Shapes = IdVector<StageId, StageShape>;

/// Returns whether stages of `role` work on each record alone: all but sources, serial transforms
/// and sinks. Only these can be called record by record.
bool is_concurrent(Role role);

/// Returns whether the stage is called record by record: it waits, has state or order per key, or
/// its calls may be held, counted, repeated or given up one by one. Other stages work on batches.
bool is_call(const StageShape& stage);

}  // namespace weir::compile
