#pragma once

#include <string>
#include <vector>

#include "graph/compile/keys/call_keys.h"

namespace weir::compile {

/// Returns the keys of `workers` written as a map.
const std::vector<OptionSpec>& adaptive_worker_keys();

}  // namespace weir::compile

namespace weir {

/// `workers`: a number, `auto` (as 0) or a map.
template <>
struct OptionType<compile::Workers> {
  static constexpr int kMost = 100'000;
  static std::string name() { return "integer | auto | map of min, max, policy, target"; }
  static bool parse(const Node& node, compile::Workers& out, Binder& binder);
  static std::string show(const compile::Workers&) { return "auto"; }
};

}  // namespace weir
