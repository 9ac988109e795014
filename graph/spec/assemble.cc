#include "graph/spec/assemble.h"

#include <utility>

namespace weir {
namespace {

StageShape shape_of(const Draft& draft) {
  const StageSpec& spec = draft.spec;
  StageShape shape;
  if (draft.type) shape.role = draft.type->role;
  shape.workers = spec.workers;
  shape.order = spec.order;
  shape.blocking = draft.type && draft.type->blocking;
  shape.policy = spec.deadline || spec.timeout || spec.retry || spec.hedge || spec.rate ||
                 spec.breaker || spec.cost;
  shape.queue = spec.queue.has_value();
  shape.chaos = draft.chaos;
  shape.letters = draft.letters;
  return shape;
}

CallPolicy policy_of(const Draft& draft) {
  const StageSpec& spec = draft.spec;
  CallPolicy call;
  call.deadline = spec.deadline;
  call.timeout = spec.timeout;
  call.on_deadline = spec.on_deadline ? spec.on_deadline->policy : spec.on_error.policy;
  if (spec.retry) call.retry = spec.retry->policy();
  if (spec.hedge) call.hedge = spec.hedge->policy();
  call.rate = draft.rate;
  call.breaker = spec.breaker;
  if (spec.queue) call.queue = spec.queue->policy();
  if (spec.cost) call.cost = *spec.cost;
  call.key = spec.key;
  return call;
}

}  // namespace

std::vector<StageShape> shapes_of(const std::vector<Draft>& drafts) {
  std::vector<StageShape> shapes;
  for (const Draft& draft : drafts) shapes.push_back(shape_of(draft));
  // What stands at an end and is of no known type counts as what should stand there.
  if (!shapes.empty() && !drafts.back().type) shapes.back().role = Role::sink;
  return shapes;
}

LimitNeeds needs_of(const std::vector<StageShape>& shapes, const std::vector<Region>& regions) {
  LimitNeeds needs;
  for (std::size_t i = 1; i < shapes.size(); ++i) {
    needs.transforms += shapes[i].role == Role::sink ? 0 : 1;
    needs.keyed |= shapes[i].role == Role::keyed_transform;
  }
  for (const Region& region : regions) needs.units.push_back(reserve_units(region, shapes));
  return needs;
}

PlannedStage planned(Draft draft) {
  PlannedStage stage;
  stage.call = policy_of(draft);
  stage.name = std::move(draft.spec.name);
  stage.about = std::move(draft.spec.about);
  stage.type = draft.type;
  stage.options = std::move(draft.options);
  stage.stage = std::move(draft.stage);
  stage.when = std::move(draft.spec.when);
  stage.on_error = draft.spec.on_error.policy;
  stage.workers = draft.spec.workers;
  stage.named_fields = std::move(draft.named.fields);
  stage.mark = draft.spec.node->mark;
  return stage;
}

}  // namespace weir
