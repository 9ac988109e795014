#pragma once

#include <string>
#include <vector>

#include "graph/compile/keys/call_keys.h"
#include "weir/frequency.h"

namespace weir::compile {

/// `rate` of a stage: a rate limit, or the name of one under `shared.rates`.
struct RateSpec {
  RateLimit limit;
  std::string shared;  ///< The name of the shared rate; empty: `limit` is the stage's own.
};

/// One entry of `shared.rates`.
struct SharedRate {
  RateLimit limit;
  Mark mark;  ///< The position of its name.
};

}  // namespace weir::compile

namespace weir {

/// A rate limit: its frequency, or a map of `limit` and `burst`.
template <>
struct OptionType<compile::RateLimit> {
  static std::string name() { return "rate | map of limit, burst"; }
  static bool parse(const Node& node, compile::RateLimit& out, Binder& binder);
  static std::string show(const compile::RateLimit&) { return ""; }
};

template <>
struct OptionType<compile::RateSpec> {
  static std::string name() { return "rate | name | map of limit, burst"; }
  static bool parse(const Node& node, compile::RateSpec& out, Binder& binder);
  static std::string show(const compile::RateSpec&) { return ""; }
};

}  // namespace weir
