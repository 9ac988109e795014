#pragma once

#include <string>
#include <vector>

#include "graph/spec/call_keys.h"

namespace weir {

/// `workers`, as a number or a map; 0: auto.
template <>
struct OptionType<Workers> {
  static constexpr int kMost = 100'000;
  static std::string name() { return "integer | auto | map of min, max, policy, target"; }
  static bool parse(const Node& node, Workers& out, Binder& binder);
  static std::string show(const Workers&) { return "auto"; }
};

/// The keys of the map.
const std::vector<OptionSpec>& adaptive_worker_keys();

}  // namespace weir
