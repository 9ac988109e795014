#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/spec/call_keys.h"
#include "graph/spec/plan.h"

// The keys of a stage that say how it stands in the graph, as option types.

namespace weir {

/// One entry of `from`: `stage` or `stage.port`.
struct InputSpec {
  std::string stage;
  std::optional<std::string> port;
  Mark mark;

  /// As it was written.
  std::string text() const { return port ? stage + "." + *port : stage; }
};

/// `from`.
struct FromSpec {
  std::vector<InputSpec> inputs;
};
template <>
struct OptionType<FromSpec> {
  static std::string name() { return "list of stage or stage.port"; }
  static bool parse(const Node& node, FromSpec& out, Binder& binder);
  static std::string show(const FromSpec&) { return ""; }
};

/// The policies that may be written: all but `zip`, which is a stage type.
struct MergeKind {
  MergePolicy::Kind value = MergePolicy::Kind::input;
};
template <>
struct OptionType<MergeKind> {
  static std::string name();
  static bool parse(const Node& node, MergeKind& out, Binder& binder);
  static std::string show(MergeKind) { return ""; }
};

/// One of `merge.weights`.
struct Weight {
  static constexpr std::uint32_t kMost = 1000;
  std::uint32_t value = 1;
};
template <>
struct OptionType<Weight> {
  static std::string name() { return "integer"; }
  static bool parse(const Node& node, Weight& out, Binder& binder);
  static std::string show(Weight weight) { return std::to_string(weight.value); }
};

/// `merge` as written.
struct MergeSpec {
  std::optional<MergeKind> policy;
  std::optional<Field> by;
  std::optional<Duration> lateness;
  std::optional<Duration> idle;
  std::optional<std::vector<Weight>> weights;
};
template <>
const std::vector<OptionSpec>& keys_of<MergeSpec>();
/// A policy, or a map.
template <>
struct OptionType<MergeSpec> {
  static std::string name() { return "policy | " + MapOption<MergeSpec>::name(); }
  static bool parse(const Node& node, MergeSpec& out, Binder& binder);
  static std::string show(const MergeSpec&) { return ""; }
};

/// `loop` as written.
struct LoopSpec {
  static constexpr int kMost = 16;
  int max = 1;
};
template <>
const std::vector<OptionSpec>& keys_of<LoopSpec>();
template <>
struct OptionType<LoopSpec> : MapOption<LoopSpec> {};

}  // namespace weir
