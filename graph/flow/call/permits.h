#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph/flow/call/key_lines.h"
#include "graph/flow/policy/concurrency_limit.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The number of calls of one stage that may run, and that do. Common to all passes of a loop
/// through the stage, which share its lock.
struct Permits {
  explicit Permits(const compile::Workers& workers) : limit(workers) {}

  bool fits(std::uint32_t cost) const {
    return used == 0 || used + cost <= static_cast<std::uint64_t>(limit.limit());
  }

  /// Returns the calls of a key whose line begins; `forget` ends them with the line.
  std::shared_ptr<KeyCalls> calls_of(const std::string& key) {
    if (passes.size() < 2) return std::make_shared<KeyCalls>();
    std::weak_ptr<KeyCalls>& known = keys[key];
    std::shared_ptr<KeyCalls> calls = known.lock();
    if (!calls) known = calls = std::make_shared<KeyCalls>();
    return calls;
  }
  void forget(const std::string& key, const KeyLine& line) {
    if (passes.size() > 1 && line.calls.use_count() == 1) keys.erase(key);
  }

  Mutex mutex;
  std::vector<class CallStage*> passes;
  std::unordered_map<std::string, std::weak_ptr<KeyCalls>> keys;  ///< With several passes only.
  ConcurrencyLimit limit;
  std::uint64_t used = 0;  ///< Permits in use.
  bool freed = false;      ///< True if another pass may wait for something that was returned.
};

}  // namespace weir::flow
