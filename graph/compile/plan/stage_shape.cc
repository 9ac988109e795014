#include "graph/compile/plan/stage_shape.h"

namespace weir::compile {

bool is_concurrent(Role role) {
  return role == Role::transform || role == Role::batch_transform ||
         role == Role::keyed_transform || role == Role::async_transform;
}

bool is_call(const StageShape& stage) {
  if (!is_concurrent(stage.role)) return false;
  const bool single = stage.role == Role::async_transform || stage.role == Role::keyed_transform;
  return single || stage.blocking || stage.policy || stage.chaos || stage.workers.adapts() ||
         stage.order == Order::key;
}

}  // namespace weir::compile
