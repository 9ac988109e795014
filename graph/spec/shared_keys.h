#pragma once

#include <vector>

#include "graph/spec/plan.h"
#include "graph/spec/rate_keys.h"

namespace weir {

/// One entry of `shared.pools`.
struct SharedPool {
  PoolSpec pool;
  Mark mark;  ///< Of its name.
};
template <>
const std::vector<OptionSpec>& keys_of<PoolSpec>();
template <>
struct OptionType<PoolSpec> : MapOption<PoolSpec> {};

/// `shared:`, what several stages share.
struct Shared {
  std::vector<SharedRate> rates;
  std::vector<SharedPool> pools;
};

/// The keys under `shared`.
const std::vector<OptionSpec>& shared_keys();

/// Reads `shared:`.
Shared read_shared(const Node& node, SpecBinder& binder);

}  // namespace weir
