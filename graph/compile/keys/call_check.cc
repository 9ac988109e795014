#include "graph/compile/keys/call_check.h"

#include "graph/compile/plan/stage_shape.h"

namespace weir::compile {
namespace {

std::string shown(Duration time) { return OptionType<Duration>::show(time); }

std::string shown(const StageSpec& spec, const TypeSpec& type) {
  return "'" + spec.name + "' (" + type.name + ")";
}

const Node& value_of(const Node& map, const char* key) { return entry_of(map, key)->value; }

bool check_workers(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics) {
  const bool threadless = type.role == Role::async_transform;
  if (threadless || spec.workers.max <= Count::kMost) return true;
  diagnostics.error(mark_of_workers(spec),
                    "expected at most " + std::to_string(Count::kMost) + " workers, got " +
                        std::to_string(spec.workers.max),
                    "only an async transform may have more");
  return false;
}

bool check_times(const StageSpec& spec, Diagnostics& diagnostics) {
  bool good = true;
  const auto wrong = [&](const Mark& mark, std::string message, std::string hint = {}) {
    diagnostics.error(mark, std::move(message), std::move(hint));
    good = false;
  };
  const Node& node = *spec.node;
  if (spec.on_deadline && !entry_of(node, "deadline")) {
    wrong(entry_of(node, "on_deadline")->key.mark, "'on_deadline' needs a 'deadline'");
  }
  if (spec.retry && spec.retry->max_backoff && *spec.retry->max_backoff < spec.retry->backoff) {
    wrong(value_of(value_of(node, "retry"), "max_backoff").mark,
          "expected 'max_backoff' of at least the backoff of " + shown(spec.retry->backoff) +
              ", got " + shown(*spec.retry->max_backoff));
  }
  const bool waits =
      spec.retry && spec.retry->attempts > 1 && spec.retry->jitter == RetryPolicy::Jitter::none;
  if (waits && spec.deadline && *spec.deadline < spec.retry->backoff) {
    wrong(value_of(node, "deadline").mark,
          "expected a deadline of at least the first backoff of " + shown(spec.retry->backoff) +
              ", got " + shown(*spec.deadline),
          "no second attempt could begin");
  }
  const bool hedged = spec.hedge && spec.timeout && spec.hedge->after.percentile == 0;
  if (hedged && spec.hedge->after.time >= *spec.timeout) {
    wrong(value_of(value_of(node, "hedge"), "after").mark,
          "expected 'after' below the timeout of " + shown(*spec.timeout) + ", got " +
              shown(spec.hedge->after.time),
          "the first attempt is over by then");
  }
  return good;
}

bool check_hedge(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics) {
  const bool keyed = type.role == Role::keyed_transform;
  if (spec.hedge && !keyed && !type.set_key && !spec.key.fields.empty()) {
    diagnostics.error(entry_of(*spec.node, "hedge")->key.mark,
                      shown(spec, type) + " has a 'key' and takes no 'hedge'",
                      "calls of one key come one after the other");
    return false;
  }
  if (!spec.hedge || keyed || type.idempotent || spec.idempotent) return true;
  diagnostics.error(entry_of(*spec.node, "hedge")->key.mark,
                    shown(spec, type) +
                        " may do harm if it is called twice for one record, so it "
                        "takes no 'hedge'",
                    "if it does none, say 'idempotent: true' beside it");
  return false;
}

}  // namespace

bool has_call_policy(const StageSpec& spec) {
  return spec.deadline || spec.timeout || spec.retry || spec.hedge || spec.rate || spec.breaker ||
         spec.cost;
}

bool is_called(const StageSpec& spec, const TypeSpec& type) {
  StageShape shape;
  shape.role = type.role;
  shape.workers = spec.workers;
  shape.order = spec.order;
  shape.blocking = type.blocking;
  shape.policy = has_call_policy(spec);
  return is_call(shape);
}

const Mark& mark_of_workers(const StageSpec& spec) {
  const Node& workers = value_of(*spec.node, "workers");
  const Node* max = workers.find("max");
  return max ? max->mark : workers.mark;
}

bool check_call(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics) {
  if (!is_concurrent(type.role)) return true;
  bool good = check_workers(spec, type, diagnostics);
  good &= check_times(spec, diagnostics);
  good &= check_hedge(spec, type, diagnostics);
  return good;
}

}  // namespace weir::compile
