#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/spec/call_keys.h"
#include "graph/spec/graph_keys.h"
#include "graph/spec/option_binding.h"
#include "graph/spec/plan.h"
#include "graph/spec/shared_keys.h"
#include "graph/spec/worker_keys.h"

namespace weir {

/// A part of the file that is read later.
struct Raw {
  const Node* node = nullptr;
};
template <>
struct OptionType<Raw> {
  static std::string name() { return "map"; }
  static bool parse(const Node& node, Raw& out, Binder&) {
    out.node = &node;
    return true;
  }
  static std::string show(Raw) { return ""; }
};

/// A number of threads; 0: auto.
struct Count {
  static constexpr int kMost = 1024;
  int value = 0;
};
template <>
struct OptionType<Count> {
  static std::string name() { return "integer | auto"; }
  static bool parse(const Node& node, Count& out, Binder& binder);
  static std::string show(Count count) {
    return count.value == 0 ? "auto" : std::to_string(count.value);
  }
};

/// `limits:` as written.
struct LimitsSpec {
  std::uint64_t records = Limits().records;
  std::optional<Bytes> record;
  Bytes memory{Limits().memory};
  std::optional<Bytes> state;
  Count threads;
  Duration drain = Limits().drain;
};

/// One entry of `params:`.
struct ParamSpec {
  Raw default_value;
  std::string about;
};

/// One entry of `stages:`: its type by name, its options unread.
struct StageSpec {
  const Node* node = nullptr;
  std::string name;
  std::string about;
  std::string uses;
  Raw with;
  Expression when;
  Workers workers;
  std::optional<Order> order;
  ErrorSpec on_error;
  KeyPolicy key;
  std::optional<Duration> deadline;
  std::optional<Duration> timeout;
  std::optional<ErrorSpec> on_deadline;
  std::optional<RetrySpec> retry;
  std::optional<HedgeSpec> hedge;
  std::optional<RateSpec> rate;
  std::optional<BreakerPolicy> breaker;
  std::optional<QueueSpec> queue;
  std::optional<CostPolicy> cost;
  bool idempotent = false;
  FromSpec from;
  std::optional<MergeSpec> merge;
  std::optional<LoopSpec> loop;
  std::string pool;

  NamedInputs named;      ///< By `when`, `key`, `cost` and `merge`.
  bool numbered = false;  ///< `name` is made up and not the plain one: nothing may refer to it.
  bool good = true;       ///< Nothing is wrong with the keys above.

  /// Where `uses` is written, else the stage.
  Mark uses_mark() const;
  /// Where it says what that input is; where nothing does, the same.
  Mark input_mark(int input) const;
};

/// A pipeline as written. Refers to the tree that it was read from.
struct PipelineSpec {
  std::string name;
  std::string about;
  Raw params;
  std::vector<std::string> plugins;
  Raw limits;
  Raw shared;
  Raw stages;
};

/// The framework's own keys, declared like a stage type's options: `weir describe` shows them.
const std::vector<OptionSpec>& pipeline_keys();
const std::vector<OptionSpec>& limit_keys();
const std::vector<OptionSpec>& param_keys();
const std::vector<OptionSpec>& stage_keys();

/// Reads the top level.
PipelineSpec read_pipeline(const Node& root, SpecBinder& binder);

/// Reads `limits:`; nothing if anything is wrong with it.
std::optional<LimitsSpec> read_limits(const Node& node, SpecBinder& binder);

/// Reads `stages:` and gives every stage its name. Types are looked up for hints only.
std::vector<StageSpec> read_stages(const Node& node, const Registry& registry, SpecBinder& binder);

/// Whether `text` is a name for a stage or a param: [a-z][a-z0-9_-]*.
bool is_name(std::string_view text);

}  // namespace weir
