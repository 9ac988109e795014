#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/compile/keys/call_keys.h"
#include "graph/compile/plan/plan.h"

// The keys of a stage about its position in the graph, as option types.

namespace weir::compile {

/// One entry of `from`: `stage` or `stage.port`.
struct InputSpec {
  std::string stage;
  std::optional<std::string> port;
  Mark mark;

  /// Returns the entry as written.
  std::string text() const { return port ? stage + "." + *port : stage; }
};

/// `from` as written.
struct FromSpec {
  std::vector<InputSpec> inputs;
};

/// A merge policy as written: any but `zip`, which is a stage type.
struct MergeKind {
  MergePolicy::Kind value = MergePolicy::Kind::input;
};

/// One entry of `merge.weights`.
struct Weight {
  static constexpr std::uint32_t kMost = 1000;
  std::uint32_t value = 1;
};

/// `merge` as written.
struct MergeSpec {
  std::optional<MergeKind> policy;
  std::optional<std::vector<OrderField>> by;
  std::optional<Duration> lateness;
  std::optional<Duration> idle;
  std::optional<std::vector<Weight>> weights;
};

template <>
const std::vector<OptionSpec>& keys_of<MergeSpec>();
/// `loop` as written.
struct LoopSpec {
  static constexpr int kMost = 16;
  int max = 1;
};

template <>
const std::vector<OptionSpec>& keys_of<LoopSpec>();
}  // namespace weir::compile

namespace weir {

template <>
struct OptionType<compile::FromSpec> {
  static std::string name() { return "list of stage or stage.port"; }
  static bool parse(const Node& node, compile::FromSpec& out, Binder& binder);
  static std::string show(const compile::FromSpec&) { return ""; }
};

template <>
struct OptionType<compile::MergeKind> {
  static std::string name();
  static bool parse(const Node& node, compile::MergeKind& out, Binder& binder);
  static std::string show(compile::MergeKind) { return ""; }
};

template <>
struct OptionType<compile::Weight> {
  static std::string name() { return "integer"; }
  static bool parse(const Node& node, compile::Weight& out, Binder& binder);
  static std::string show(compile::Weight weight) { return std::to_string(weight.value); }
};

/// `merge`: a policy or a map.
template <>
struct OptionType<compile::MergeSpec> {
  static std::string name() { return "policy | " + compile::MapOption<compile::MergeSpec>::name(); }
  static bool parse(const Node& node, compile::MergeSpec& out, Binder& binder);
  static std::string show(const compile::MergeSpec&) { return ""; }
};

template <>
struct OptionType<compile::LoopSpec> : compile::MapOption<compile::LoopSpec> {};

}  // namespace weir
