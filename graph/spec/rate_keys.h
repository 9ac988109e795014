#pragma once

#include <string>
#include <vector>

#include "graph/spec/call_keys.h"

namespace weir {

/// How often: `100/s`, `5/m`, `0.5/s`, `10/h`.
struct Frequency {
  double per_second = 0;
};
template <>
struct OptionType<Frequency> {
  static std::string name() { return "rate"; }
  static bool parse(const Node& node, Frequency& out, Binder& binder);
  static std::string show(Frequency) { return ""; }
};

/// A rate limit: its frequency, or a map of `limit` and `burst`.
template <>
struct OptionType<RateLimit> {
  static std::string name() { return "rate | map of limit, burst"; }
  static bool parse(const Node& node, RateLimit& out, Binder& binder);
  static std::string show(const RateLimit&) { return ""; }
};

/// `rate` of a stage: a rate limit, or the name of one under `shared.rates`.
struct RateSpec {
  RateLimit limit;
  std::string shared;  ///< Its name; empty: `limit` is the stage's own.
};
template <>
struct OptionType<RateSpec> {
  static std::string name() { return "rate | name | map of limit, burst"; }
  static bool parse(const Node& node, RateSpec& out, Binder& binder);
  static std::string show(const RateSpec&) { return ""; }
};

/// One entry of `shared.rates`.
struct SharedRate {
  RateLimit limit;
  Mark mark;  ///< Of its name.
};

}  // namespace weir
