#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/compile/keys/call_keys.h"
#include "graph/compile/keys/graph_keys.h"
#include "graph/compile/keys/option_binding.h"
#include "graph/compile/keys/shared_keys.h"
#include "graph/compile/keys/worker_keys.h"
#include "graph/compile/plan/plan.h"

namespace weir::compile {

/// A part of the file that is read later.
struct Raw {
  const Node* node = nullptr;
};

/// A number of threads; 0: auto.
struct Count {
  static constexpr int kMost = 1024;
  int value = 0;
};

/// A number of bytes; 0: auto.
struct MemorySize {
  static constexpr std::uint64_t kLeast = 4ull << 20;
  std::uint64_t value = 0;
};

/// `limits:` as written.
struct LimitsSpec {
  std::uint64_t records = Limits().records;
  std::optional<Bytes> record;
  MemorySize memory;
  std::optional<Bytes> state;
  Count threads;
  Duration drain = Limits().drain;
};

/// The types of params.
enum class ParamType : std::uint8_t {
  text,
  integer,
  number,
  boolean,
  duration,
  size,
  expression,
  pattern
};

/// One entry of `params:`.
struct ParamSpec {
  Raw default_value;
  std::optional<ParamType> type;
  std::string about;
};

/// One entry of `stages:`, with its type as a name and its options unread.
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

  NamedInputs named;      ///< The inputs that `when`, `key`, `cost` and `merge` name.
  bool numbered = false;  ///< True if `name` got a number; nothing may refer to it.
  bool good = true;       ///< True if nothing is wrong with the keys above.

  /// Returns the position of `uses`, else of the stage.
  Mark uses_mark() const;
  /// Returns the position where the input is named; where nothing names it, uses_mark().
  Mark input_mark(std::size_t input) const;
  /// Returns the position of the policy of `merge`, else of `merge`, else uses_mark().
  Mark merge_mark() const;
};

/// A pipeline as written. It refers to the tree that it was read from.
struct PipelineSpec {
  std::string name;
  std::string about;
  Raw params;
  std::vector<std::string> plugins;
  Raw limits;
  Raw shared;
  Raw stages;
};

/// The framework's own keys, declared like the options of a stage type; `weir describe` shows them.
const std::vector<OptionSpec>& pipeline_keys();
const std::vector<OptionSpec>& limit_keys();
const std::vector<OptionSpec>& param_keys();
const std::vector<OptionSpec>& stage_keys();

/// Reads the top level of the file.
PipelineSpec read_pipeline(const Node& root, SpecBinder& binder);

/// Reads `limits:`. Returns nothing if anything is wrong with it.
std::optional<LimitsSpec> read_limits(const Node& node, SpecBinder& binder);

/// Reads `stages:` and gives every stage its name. Types are only looked up for hints.
std::vector<StageSpec> read_stages(const Node& node, const Registry& registry, SpecBinder& binder);

/// Returns whether `text` is a name for a stage or a param: [a-z][a-z0-9_-]*.
bool is_name(std::string_view text);

}  // namespace weir::compile

namespace weir {

template <>
struct OptionType<compile::Raw> {
  static std::string name() { return "map"; }
  static bool parse(const Node& node, compile::Raw& out, Binder&) {
    out.node = &node;
    return true;
  }
  static std::string show(compile::Raw) { return ""; }
};

template <>
struct OptionType<compile::Count> {
  static std::string name() { return "integer | auto"; }
  static bool parse(const Node& node, compile::Count& out, Binder& binder);
  static std::string show(compile::Count count) {
    return count.value == 0 ? "auto" : std::to_string(count.value);
  }
};

template <>
struct OptionType<compile::MemorySize> {
  static std::string name() { return "size | auto"; }
  static bool parse(const Node& node, compile::MemorySize& out, Binder& binder);
  static std::string show(compile::MemorySize size) {
    return size.value == 0 ? "auto" : OptionType<Bytes>::show({size.value});
  }
};

template <>
struct EnumNames<compile::ParamType> {
  static constexpr std::string_view names[] = {"text",     "integer", "number",     "boolean",
                                               "duration", "size",    "expression", "pattern"};
};

}  // namespace weir
