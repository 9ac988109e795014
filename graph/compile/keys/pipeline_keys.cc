#include "graph/compile/keys/pipeline_spec.h"

namespace weir::compile {
namespace {

/// Declares keys as a stage type declares its options.
template <class S>
using Keys = TypeBuilder<Stage, S>;

void declare_pipeline(Keys<PipelineSpec>& keys) {
  keys.optional("name", &PipelineSpec::name, "What reports call the pipeline.")
      .optional("about", &PipelineSpec::about, "A line for people.")
      .optional("params", &PipelineSpec::params, "What --set and --NAME=VALUE may change.")
      .optional("plugins", &PipelineSpec::plugins,
                "Shared libraries with stage types, beside the file or by absolute path.")
      .optional("limits", &PipelineSpec::limits, "The run's hard bounds.")
      .optional("shared", &PipelineSpec::shared, "What several stages share: `rates`, `pools`.")
      .required(
          "stages", &PipelineSpec::stages,
          "Sources, transforms and sinks; each stage reads the one above unless `from` says more.");
}

void declare_limits(Keys<LimitsSpec>& keys) {
  keys.optional("records", &LimitsSpec::records, "Records in flight.")
      .min(&LimitsSpec::records, std::uint64_t{1})
      .optional("record", &LimitsSpec::record,
                "Bytes of one record in one stage; by default 16MiB, or less where `memory` is "
                "small.")
      .min(&LimitsSpec::record, std::optional(Bytes{1}))
      .max(&LimitsSpec::record, std::optional(Bytes{2ull << 30}))
      .optional("memory", &LimitsSpec::memory,
                "Bytes in flight and pooled, all together; auto: 256MiB, or less where the "
                "container or the machine has little; at least 4MiB.")
      .optional("state", &LimitsSpec::state,
                "Bytes of `memory` for the state of keys; by default a quarter of it where a stage "
                "has such state.")
      .min(&LimitsSpec::state, std::optional(Bytes{1}))
      .optional("threads", &LimitsSpec::threads,
                "How many work; auto: what affinity and the CPU quota allow.")
      .optional("drain", &LimitsSpec::drain,
                "How long an interrupted run may take to finish what is in flight.");
}

void declare_param(Keys<ParamSpec>& keys) {
  keys.optional("default", &ParamSpec::default_value, "Its value if none is set.")
      .optional("type", &ParamSpec::type,
                "What its values are; by default what a plain default looks like: an integer, a "
                "number, a boolean, else text.")
      .optional("about", &ParamSpec::about, "A line for people.");
}

/// Declares the keys about a stage's position in the graph.
void declare_place(Keys<StageSpec>& keys) {
  keys.optional("from", &StageSpec::from,
                "The stages that it reads, or ports of them; by default the one above.")
      .optional("merge", &StageSpec::merge, "How several inputs become one.")
      .optional("loop", &StageSpec::loop,
                "Its `from` closes a cycle: how often a record may be sent back to it.")
      .optional("pool", &StageSpec::pool,
                "The threads under `shared.pools` that it works on; by default the common ones.");
}

/// Declares the keys about the calls of records.
void declare_calls(Keys<StageSpec>& keys) {
  keys.optional("key", &StageSpec::key, "State is kept, or order, per value of these fields.")
      .optional("deadline", &StageSpec::deadline,
                "How long a record may take here with all its attempts.")
      .min(&StageSpec::deadline, std::optional(Duration(1)))
      .optional("timeout", &StageSpec::timeout, "How long one attempt may take.")
      .min(&StageSpec::timeout, std::optional(Duration(1)))
      .optional("on_deadline", &StageSpec::on_deadline,
                "What becomes of a record past its deadline; by default as `on_error` says.")
      .optional("retry", &StageSpec::retry, "Further attempts at a record that failed.")
      .optional("hedge", &StageSpec::hedge,
                "Further attempts beside a slow one; the first good answer wins.")
      .optional("idempotent", &StageSpec::idempotent,
                "To call it twice for one record does no harm, so it may be hedged.")
      .optional("rate", &StageSpec::rate,
                "How often it may be called, or the name of a rate under `shared.rates`.")
      .optional("breaker", &StageSpec::breaker,
                "After many failures its records fail at once for a while.")
      .optional("queue", &StageSpec::queue, "What may wait for it, and what happens beyond.")
      .optional("cost", &StageSpec::cost, "How many of its `workers` a record takes.");
}

void declare_stage(Keys<StageSpec>& keys) {
  keys.required("uses", &StageSpec::uses, "The stage's type.")
      .optional("with", &StageSpec::with, "The options of the type.")
      .optional("name", &StageSpec::name, "By default the type's name behind its last dot.")
      .optional("about", &StageSpec::about, "A line for people.")
      .optional("when", &StageSpec::when,
                "Records for which it is false pass the stage by, in their place.")
      .optional("workers", &StageSpec::workers,
                "How many calls may run at the same time, or between which bounds that adapts.")
      .optional("order", &StageSpec::order,
                "How the output leaves: in the order of the input, in that order within each key, "
                "or as it is done.")
      .optional("on_error", &StageSpec::on_error,
                "What becomes of a record that fails here; `to` names a stage behind the sink.");
  declare_place(keys);
  declare_calls(keys);
}

}  // namespace

const std::vector<OptionSpec>& pipeline_keys() {
  static const auto keys = declared<PipelineSpec>(declare_pipeline);
  return keys;
}

const std::vector<OptionSpec>& limit_keys() {
  static const auto keys = declared<LimitsSpec>(declare_limits);
  return keys;
}

const std::vector<OptionSpec>& param_keys() {
  static const auto keys = declared<ParamSpec>(declare_param);
  return keys;
}

const std::vector<OptionSpec>& stage_keys() {
  static const auto keys = declared<StageSpec>(declare_stage);
  return keys;
}

}  // namespace weir::compile
