#include <cmath>

#include "runtime/explain/explain_parts.h"
#include "runtime/explain/policy_words.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

std::string shown(std::chrono::nanoseconds time) { return OptionType<Duration>::show(time); }

std::uint64_t count_of(int number) { return static_cast<std::uint64_t>(number); }

void add_limits(const compile::CallPolicy& call, Sentences& out) {
  if (call.deadline) {
    out.push_back("A record has " + shown(*call.deadline) +
                  " from its first call on, all attempts and pauses together; past that it is an "
                  "error of kind 'deadline'.");
  }
  if (call.timeout) {
    out.push_back("An attempt has " + shown(*call.timeout) +
                  "; past that it is given up, an error of kind 'timeout'.");
  }
}

/// Says how attempts go round services that are alike.
void add_replicas(const compile::PlannedStage& stage, Sentences& out) {
  const TypeSpec& type = *stage.type;
  const int replicas = type.replicas ? type.replicas(stage.options.get()) : 1;
  if (replicas < 2) return;
  out.push_back(
      "Each attempt asks the next of " + std::to_string(replicas) +
      " replicas; as long as one of them was not asked, the next attempt begins at once.");
}

void add_attempts(const compile::CallPolicy& call, Sentences& out) {
  if (call.retry.attempts > 1) {
    const bool full = call.retry.jitter == compile::RetryPolicy::Jitter::full;
    out.push_back("A call that fails is tried again, " +
                  counted(count_of(call.retry.attempts), "attempt") + " in all, after a pause of " +
                  (full ? "up to " : "") + shown(call.retry.backoff) + " that doubles up to " +
                  shown(call.retry.max_backoff) + ".");
    if (call.retry.max_retry_after != call.retry.max_backoff) {
      out.push_back("What asks to wait for longer than " + shown(call.retry.max_retry_after) +
                    " is not tried again.");
    }
  }
  if (call.hedge) {
    out.push_back("Beside an attempt that takes longer than " + hedge_words(*call.hedge) + ", " +
                  counted(count_of(call.hedge->extra), "more is", "more are") +
                  " made, for at most " + shown_share(call.hedge->budget) +
                  " of the calls; the first good answer wins.");
  }
}

void add_rate(const compile::Plan& plan, const compile::CallPolicy& call, Sentences& out) {
  if (call.rate) {
    const compile::RateLimit& rate = plan.rates[*call.rate];
    out.push_back("Attempts begin at a rate of " + rate_words(rate) + " at most" +
                  (rate.name.empty() ? "." : ", shared as '" + rate.name + "'."));
  }
  if (call.breaker) {
    out.push_back("After " + counted(count_of(call.breaker->failures), "failure") + " within " +
                  shown(call.breaker->within) + " calls fail at once for " +
                  shown(call.breaker->cooldown) + ".");
  }
}

}  // namespace

Sentences about_time(const ExplainedStage& stage) {
  Sentences out;
  if (stage.merges() && stage.region.merge.idle.count() > 0) {
    out.push_back("An input that is silent for " + shown(stage.region.merge.idle) +
                  " is not waited for until it speaks again.");
  }
  if (stage.calls) {
    add_limits(stage.planned.call, out);
    add_attempts(stage.planned.call, out);
    add_replicas(stage.planned, out);
    add_rate(stage.plan, stage.planned.call, out);
  }
  const TypeSpec& type = *stage.planned.type;
  if (type.timed && type.timed(stage.planned.options.get())) {
    out.emplace_back("It acts by the clock, also when no record comes.");
  }
  return out;
}

}  // namespace weir::cli
