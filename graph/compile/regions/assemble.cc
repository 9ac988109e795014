#include "graph/compile/regions/assemble.h"

#include <algorithm>
#include <utility>

#include "graph/compile/graph/links_by.h"
#include "graph/compile/keys/call_check.h"

namespace weir::compile {
namespace {

StageShape shape_of(const Draft& draft) {
  const StageSpec& spec = draft.spec;
  StageShape shape;
  if (draft.type) shape.role = draft.type->role;
  shape.workers = spec.workers;
  shape.order = spec.order;
  shape.blocking = draft.type && draft.type->blocking;
  shape.policy = has_call_policy(spec);
  shape.queue = spec.queue.has_value();
  shape.chaos = draft.chaos;
  shape.letters = draft.letters;
  shape.timed = draft.good && draft.type->timed && draft.type->timed(draft.options.get());
  shape.pool = draft.pool;
  shape.merge = draft.merge;
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

Shapes shapes_of(const Drafts& drafts, const std::vector<Link>& links) {
  const LinksBy inputs(links, drafts.size(), &Link::to);
  const LinksBy readers(links, drafts.size(), &Link::from);
  Shapes shapes;
  for (const StageId i : drafts.ids()) {
    shapes.push_back(shape_of(drafts[i]));
    if (drafts[i].type) continue;
    const auto reads = [](const Link& link) { return !link.letters; };
    const auto below = readers.of(i);
    if (std::none_of(below.begin(), below.end(), reads)) shapes.back().role = Role::sink;
    if (inputs.of(i).empty()) shapes.back().role = Role::source;
  }
  return shapes;
}

LimitNeeds needs_of(const Drafts& drafts, const Shapes& shapes, const Regions& regions) {
  LimitNeeds needs;
  for (const StageShape& shape : shapes) {
    const bool end = shape.role == Role::source || shape.role == Role::sink;
    needs.transforms += end ? 0 : 1;
  }
  for (const Draft& draft : drafts) {
    // A sink whose options name fields keeps an output for each of their values.
    const bool outputs = draft.is(Role::sink) && !draft.named.fields.empty();
    needs.stateful |=
        outputs || draft.is(Role::keyed_transform) || (draft.type && draft.type->stateful);
  }
  for (const Region& region : regions) {
    needs.units.push_back(reserve_units(region, shapes));
    needs.records.push_back(fewest_records(region));
  }
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
  stage.chances = std::move(draft.named.chances);
  stage.mark = draft.spec.node->mark;
  stage.pass_of = draft.pass_of;
  stage.ports = std::move(draft.ports);
  stage.exhausted_port = draft.exhausted_port;
  return stage;
}

}  // namespace weir::compile
