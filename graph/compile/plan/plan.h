#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/compile/plan/call_policy.h"
#include "graph/compile/plan/ids.h"
#include "graph/text/mask.h"
#include "weir/registry.h"

namespace weir::compile {

/// The order in which a stage's output leaves it (`order`): the order of its input, that order
/// within each key, or the order in which records are done.
enum class Order : std::uint8_t { input, key, none };
/// The policy by which the inputs of a region become one stream (`merge`).
struct MergePolicy {
  enum class Kind : std::uint8_t {
    input,        ///< By the place of their origins, then by the number of the input.
    arrival,      ///< As they arrive.
    priority,     ///< From the first input, in the order of `from`, that has a record.
    weighted,     ///< In turns, `weights[i]` records of input i; an empty input is passed over.
    round_robin,  ///< In turns, one record each; an empty input is passed over.
    concat,       ///< All of the first, then all of the second, ...
    sorted,       ///< The record with the smallest `by` of all live inputs next.
    first,        ///< Of the records of an origin the first without an error, in the place of that.
    zip           ///< Partners become one record: by origin if `by_origin`, else the n-th of each.
  };
  Kind kind = Kind::input;
  std::vector<OrderField> by;  ///< sorted: the first first.
  /// sorted: the maximum time by which an input itself may be out of order.
  std::chrono::nanoseconds lateness{0};
  /// An input silent for this long is not waited for; 0: no limit.
  std::chrono::nanoseconds idle{0};
  std::vector<std::uint32_t> weights;  ///< weighted: one for each input.
  bool by_origin = false;              ///< zip
};

/// An edge out of a region: the records that its last stage sends to `port` enter region `to` by
/// input `input`. Several outlets with one port are a tee: each gets all of the records.
struct Outlet {
  std::size_t port = 0;
  RegionId to;
  std::size_t input = 0;
};

/// An edge out of a region: its dead letters that name `stage` enter region `to`, which begins with
/// that stage, by input `input`.
struct LetterOutlet {
  StageId stage;
  RegionId to;
  std::size_t input = 0;
};

/// A named part of the run's threads (`shared.pools`).
struct PoolSpec {
  std::string name;
  int threads = 1;
};

/// The hard bounds of a run, all resolved: no `auto` is left.
struct Limits {
  std::uint64_t records = 100'000;      ///< Records in flight.
  std::uint64_t record = 16ull << 20;   ///< Bytes of one record in one stage.
  std::uint64_t memory = 256ull << 20;  ///< Bytes in flight and pooled, in all.
  std::uint64_t state = 0;              ///< The part of `memory` for the state of keys.
  int threads = 1;
  std::chrono::nanoseconds drain = std::chrono::seconds(20);
};

/// One stage of a plan, checked and constructed.
struct PlannedStage {
  std::string name;
  std::string about;
  const TypeSpec* type = nullptr;
  std::shared_ptr<void> options;
  std::shared_ptr<Stage> stage;
  Expression when;  ///< The records that enter the stage; empty: all.
  ErrorPolicy on_error;
  Workers workers;
  CallPolicy call;
  std::vector<std::string> named_fields;  ///< Top-level fields that its options name.
  std::vector<std::string> chances;       ///< Why its options depend on when or where the run is.
  Mark mark;                              ///< The position of the stage in the file.
  RegionId region;
  /// The stage of which this one is another pass (`loop`) or stream (`streams`). Both have the same
  /// `stage`, options and name, but each stream of a source has a `stage` and options of its own.
  std::optional<StageId> pass_of;
  std::vector<std::string> ports;  ///< The names of its outputs.
  /// In a loop: a record sent to this port has used up its passes and is an error of kind `loop`.
  std::optional<std::size_t> exhausted_port;

  /// Returns the port by which a record goes on that failed here and is kept: the first, unless in
  /// the last pass of a loop that leads back.
  std::uint8_t kept_port() const { return exhausted_port == std::size_t{0} ? 1 : 0; }
};

/// Neighbouring stages that work in one node body: either concurrent transforms, fused, or serial
/// stages, of which the last may be the sink.
struct Segment {
  enum class Kind : std::uint8_t { parallel, serial };
  Kind kind = Kind::parallel;
  IdRange<StageId> stages;
  int workers = 0;       ///< parallel: the maximum number of batches at a time; 0: unlimited.
  bool in_order = true;  ///< True if its input is put into the order of origins.
};

/// A part of the plan with numbers, credits and a quota of its own: a chain of stages. It begins
/// with a source, or with a region input, into which records are copied out of the regions above.
/// There `first` may be a stage that is called record by record. The other stages work on batches,
/// in `segments`. The first segment is parallel: it may be empty, and that of a source also loads
/// the splits that the source hands out. The last segment is serial: it may be empty, too, and
/// hands on the region's records.
struct Region {
  StageId first;
  StageId last;
  bool calls = false;          ///< True if `first` is called record by record.
  bool letters = false;        ///< True if it takes the dead letters that name its first stage.
  Order order = Order::input;  ///< The order in which records leave the region input.
  /// The regions that it reads, in the order of `from`; for dead letters, those that may send some.
  /// Empty: `first` is a source.
  std::vector<RegionId> inputs;
  MergePolicy merge;            ///< For two and more inputs.
  std::vector<Outlet> outlets;  ///< The edges out of `last`; empty: that is a sink.
  std::vector<LetterOutlet> letter_outlets;
  /// The source of all its records; nothing: several sources.
  std::optional<SourceId> source;
  bool sorted = true;  ///< True if its batches hold records in the order of their origins.
  /// True if a merge below needs the region's frontier also when no records leave it.
  bool frontier = false;
  /// True if such a merge is `first`, which takes a record before all inputs are past its place: it
  /// needs to know at once which record the region has come to.
  bool tells_head = false;
  /// For a region with several outlets: the largest number of such regions above it on one way.
  std::optional<std::size_t> fork;
  std::optional<std::size_t> pool;  ///< Index into Plan::pools; nothing: the common threads.
  std::uint64_t records = 0;        ///< The region's quota of `limits.records`.
  std::uint64_t memory = 0;         ///< The region's quota of `limits.memory`, in bytes.
  std::uint64_t reserve = 0;  ///< The part of `memory` that is kept back for the oldest record.
  std::vector<Segment> segments;

  /// Returns all its stages.
  IdRange<StageId> stages() const { return {first, last + 1}; }
  bool is_source() const { return inputs.empty(); }
  bool ends() const { return outlets.empty(); }
};

using Regions = IdVector<RegionId, Region>;

/// A pipeline, checked and laid out. Each stage comes after those that it reads, and the stages
/// of a region stand next to each other. Regions, too, come after those that they read.
struct Plan {
  std::string name;
  std::string about;
  std::string file;
  Limits limits;
  IdVector<StageId, PlannedStage> stages;
  Regions regions;
  IdVector<SourceId, StageId> sources;  ///< In the order of the stages.
  std::vector<RateLimit> rates;         ///< The rates that CallPolicy::rate refers to.
  std::vector<PoolSpec> pools;
  text::Mask mask;  ///< Hides secrets and the values of the environment and of files in all output.

  /// Returns whether `stage` is the first in the plan with its Stage object; the first one opens
  /// and closes it.
  bool opens(StageId stage) const {
    const std::optional<StageId> first = stages[stage].pass_of;
    return !first || stages[*first].stage != stages[stage].stage;
  }
  Source& source_at(StageId stage) const { return static_cast<Source&>(*stages[stage].stage); }
  bool is_sink(StageId stage) const { return stages[stage].type->role == Role::sink; }
  Sink& sink_at(StageId stage) const { return static_cast<Sink&>(*stages[stage].stage); }
};

}  // namespace weir::compile

namespace weir {

template <>
struct EnumNames<compile::Order> {
  static constexpr std::string_view names[] = {"input", "key", "none"};
};

template <>
struct EnumNames<compile::MergePolicy::Kind> {
  static constexpr std::string_view names[] = {"input",    "arrival",     "priority",
                                               "weighted", "round_robin", "concat",
                                               "sorted",   "first",       "zip"};
};

}  // namespace weir
