#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/flow/concurrency_limit.h"

namespace weir {

/// How many calls of one stage may run, and how many do; common to all passes of a loop through the
/// stage, which share its lock.
struct Permits {
  explicit Permits(const Workers& workers) : limit(workers) {}

  bool fits(std::uint32_t cost) const {
    return used == 0 || used + cost <= static_cast<std::uint64_t>(limit.limit());
  }

  std::mutex mutex;
  std::vector<class CallStage*> passes;
  ConcurrencyLimit limit;
  std::uint64_t used = 0;  ///< Permits in use.
  int running = 0;         ///< Attempts that are under way and not fenced.
};

}  // namespace weir
