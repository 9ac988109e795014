#pragma once

#include <vector>

#include "graph/compile/keys/rate_keys.h"
#include "graph/compile/plan/plan.h"

namespace weir::compile {

/// One entry of `shared.pools`.
struct SharedPool {
  PoolSpec pool;
  Mark mark;  ///< The position of its name.
};

template <>
const std::vector<OptionSpec>& keys_of<PoolSpec>();
/// The rates and pools that several stages use (`shared:`).
struct Shared {
  std::vector<SharedRate> rates;
  std::vector<SharedPool> pools;
};

/// Returns the keys under `shared`.
const std::vector<OptionSpec>& shared_keys();

/// Reads `shared:`.
Shared read_shared(const Node& node, SpecBinder& binder);

}  // namespace weir::compile

namespace weir {

template <>
struct OptionType<compile::PoolSpec> : compile::MapOption<compile::PoolSpec> {};

}  // namespace weir
