#pragma once

#include <optional>
#include <vector>

#include "graph/spec/plan.h"

namespace weir {

/// What the layout needs of one stage.
struct StageShape {
  Role role = Role::transform;
  int workers = 0;             ///< 0: auto.
  std::optional<Order> order;  ///< As written.
};

/// Cuts a chain of stages (source first, sink last) into segments as `Plan` describes them.
std::vector<Segment> lay_out(const std::vector<StageShape>& stages);

}  // namespace weir
