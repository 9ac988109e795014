#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/compile/plan/call_policy.h"
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
    zip           ///< Partners become one record: by origin if `by_origin`, else the n-th of each.
  };
  Kind kind = Kind::input;
  Field by;  ///< sorted
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
  int port = 0;
  int to = 0;
  int input = 0;
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
  Mark mark;                              ///< The position of the stage in the file.
  int region = 0;                         ///< Index into Plan::regions.
  /// The stage of which this one is another pass (`loop`) or stream (`streams`); -1: none. Both
  /// have the same `stage`, options and name, but each stream of a source has a `stage` and options
  /// of its own.
  int pass_of = -1;
  std::vector<std::string> ports;  ///< The names of its outputs.
  /// In a loop: a record sent to this port has used up its passes and is an error of kind `loop`.
  /// -1: none.
  int exhausted_port = -1;
};

/// Neighbouring stages that work in one node body: either concurrent transforms, fused, or serial
/// stages, of which the last may be the sink.
struct Segment {
  enum class Kind : std::uint8_t { parallel, serial };
  Kind kind = Kind::parallel;
  int first = 0;  ///< Indices into Plan::stages, inclusive.
  int last = 0;
  int workers = 0;       ///< parallel: the maximum number of batches at a time; 0: unlimited.
  bool in_order = true;  ///< True if its input is put into the order of origins.
};

/// A part of the plan with numbers, credits and a quota of its own: a chain of stages. It begins
/// with a source, or with a region input, into which records are copied out of the regions above.
/// There `first` may be a stage that is called record by record. The other stages work on batches,
/// in `segments`. The first segment is parallel: it may be empty (first > last), and that of a
/// source also loads the splits that the source hands out. The last segment is serial: it may be
/// empty, too, and hands on the region's records.
struct Region {
  int first = 0;
  int last = 0;
  bool calls = false;          ///< True if `first` is called record by record.
  bool letters = false;        ///< True if it takes the dead letters that name its first stage.
  Order order = Order::input;  ///< The order in which records leave the region input.
  /// The regions that it reads, in the order of `from`; for dead letters, those that may send some.
  /// Empty: `first` is a source.
  std::vector<int> inputs;
  MergePolicy merge;            ///< For two and more inputs.
  std::vector<Outlet> outlets;  ///< The edges out of `last`; empty: that is a sink.
  /// The edges of dead letters, whose `port` is the stage that they name.
  std::vector<Outlet> letter_outlets;
  /// The source (index into Plan::sources) of all its records; -1: several sources.
  int source = 0;
  bool sorted = true;  ///< True if its batches hold records in the order of their origins.
  /// True if a merge below needs the region's frontier also when no records leave it.
  bool frontier = false;
  /// For a region with several outlets: the largest number of such regions above it on one way.
  std::optional<std::size_t> fork;
  int pool = -1;              ///< Index into Plan::pools; -1: the common threads.
  std::uint64_t records = 0;  ///< The region's quota of `limits.records`.
  std::uint64_t memory = 0;   ///< The region's quota of `limits.memory`, in bytes.
  std::uint64_t reserve = 0;  ///< The part of `memory` that is kept back for the oldest record.
  std::vector<Segment> segments;

  bool is_source() const { return inputs.empty(); }
  bool ends() const { return outlets.empty(); }
};

/// A pipeline, checked and laid out. Each stage comes after those that it reads, and the stages
/// of a region stand next to each other. Regions, too, come after those that they read.
struct Plan {
  std::string name;
  std::string about;
  std::string file;
  Limits limits;
  std::vector<PlannedStage> stages;
  std::vector<Region> regions;
  std::vector<int> sources;      ///< The indices of all sources, in order.
  std::vector<RateLimit> rates;  ///< The rates that CallPolicy::rate refers to.
  std::vector<PoolSpec> pools;
  text::Mask mask;  ///< Hides secrets and the values of the environment and of files in all output.

  const PlannedStage& at(int stage) const { return stages[static_cast<std::size_t>(stage)]; }
  /// Returns whether `stage` is the first in the plan with its Stage object; the first one opens
  /// and closes it.
  bool opens(int stage) const {
    const int first = at(stage).pass_of;
    return first < 0 || at(first).stage != at(stage).stage;
  }
  Source& source_at(int stage) const { return static_cast<Source&>(*at(stage).stage); }
  bool is_sink(int stage) const { return at(stage).type->role == Role::sink; }
  Sink& sink_at(int stage) const { return static_cast<Sink&>(*at(stage).stage); }
};

}  // namespace weir::compile

namespace weir {

template <>
struct EnumNames<compile::Order> {
  static constexpr std::string_view names[] = {"input", "key", "none"};
};

template <>
struct EnumNames<compile::MergePolicy::Kind> {
  static constexpr std::string_view names[] = {"input",       "arrival", "priority", "weighted",
                                               "round_robin", "concat",  "sorted",   "zip"};
};

}  // namespace weir
