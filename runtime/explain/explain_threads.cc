#include "runtime/explain/explain_parts.h"
#include "runtime/explain/policy_words.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

std::uint64_t count_of(int number) { return static_cast<std::uint64_t>(number); }

/// "the run's 2 threads", "the 1 thread of pool 'slow'".
std::string threads_of(const ExplainedStage& stage) {
  if (!stage.region.pool) {
    return "the run's " + counted(count_of(stage.plan.limits.threads), "thread");
  }
  const compile::PoolSpec& pool = stage.plan.pools[*stage.region.pool];
  return "the " + counted(count_of(pool.threads), "thread") + " of pool '" + pool.name + "'";
}

/// ", in one node with 'a' and 'b'"
std::string fused(const ExplainedStage& stage) {
  std::vector<std::string> others;
  for (const compile::StageId i : stage.segment->stages) {
    if (i != stage.index) others.push_back(stage.plan.stages[i].name);
  }
  return others.empty() ? "" : ", in one node with " + quoted_words(others);
}

void add_workers(const compile::Workers& workers, Sentences& out) {
  if (!workers.adapts()) {
    out.push_back("Called record by record, at most " + grouped(count_of(workers.max)) +
                  " at once.");
    return;
  }
  out.push_back("Called record by record, at most " + grouped(count_of(workers.min)) + " to " +
                grouped(count_of(workers.max)) + " at once, " +
                (workers.policy == compile::Workers::Policy::aimd
                     ? "fewer when one fails or they typically take longer than " +
                           OptionType<Duration>::show(workers.target) + "."
                     : "as many as give the most answers a second."));
}

void add_call(const ExplainedStage& stage, Sentences& out) {
  add_workers(stage.planned.workers, out);
  if (stage.is(Role::async_transform)) out.emplace_back("No thread waits for an answer.");
  if (stage.planned.type->blocking) out.emplace_back("Calls run on threads of its own.");
  const compile::CallPolicy& call = stage.planned.call;
  if (stage.is(Role::keyed_transform)) {
    out.emplace_back("Records of one key are called one after the other.");
  } else if (!call.key.fields.empty()) {
    out.push_back("Calls for records with the same " + quoted_words({key_words(call.key)}) +
                  " come one after the other, further attempts included; different ones run at the "
                  "same time.");
    if (call.timeout || call.deadline) {
      out.emplace_back(
          "After a call that was given up the next of its key waits until it has "
          "ended.");
    }
  }
  const compile::CostPolicy& cost = call.cost;
  if (!cost.field.empty()) {
    out.push_back("A record counts as many times as its field '" + cost.field.name() + "' says.");
  } else if (cost.fixed != 1) {
    out.push_back("A record counts " + counted(cost.fixed, "time") + ".");
  }
}

}  // namespace

Sentences about_threads(const ExplainedStage& stage) {
  Sentences out;
  if (stage.is(Role::source)) {
    out.emplace_back("One read at a time.");
  } else if (stage.calls) {
    add_call(stage, out);
  } else if (stage.segment && stage.segment->kind == compile::Segment::Kind::serial) {
    out.push_back("One batch at a time" + fused(stage) + ".");
  } else if (stage.segment) {
    const int workers = stage.segment->workers;
    out.push_back("On " + threads_of(stage) + ", " +
                  (workers > 0 ? "at most " + counted(count_of(workers), "batch", "batches")
                               : std::string("several batches")) +
                  " at once" + fused(stage) + ".");
  }
  if (!stage.segment || stage.segment->kind == compile::Segment::Kind::serial) {
    if (stage.begins && stage.region.pool) {
      out.push_back("Its region runs on " + threads_of(stage) + ".");
    }
  }
  return out;
}

}  // namespace weir::cli
