#include "graph/flow/policy/concurrency_limit.h"

namespace weir::flow {
namespace {

using Policy = compile::Workers::Policy;

int widest(const compile::Workers& workers) {
  return workers.policy == Policy::fixed ? workers.min : workers.max;
}

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(const compile::Workers& workers)
    : policy_(workers.policy),
      search_(workers.min, widest(workers),
              policy_ == Policy::aimd ? workers.target : std::chrono::nanoseconds(0)) {}

void ConcurrencyLimit::set_bounds(int min, int max) {
  search_.set_bounds(min, policy_ == Policy::fixed ? min : max);
}

void ConcurrencyLimit::note(Clock::time_point began, Clock::time_point now, int in_use, bool ok) {
  if (policy_ == Policy::fixed) return;
  if (!ok && policy_ == Policy::aimd) return search_.cut(began, now);
  search_.answered(began, now, in_use, ok);
}

}  // namespace weir::flow
