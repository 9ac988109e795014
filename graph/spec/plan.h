#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/spec/call_policy.h"
#include "weir/registry.h"

namespace weir {

/// How a stage's output leaves it (`order`): in the order of its input, in that order within each
/// key, or as it is done.
enum class Order : std::uint8_t { input, key, none };
template <>
struct EnumNames<Order> {
  static constexpr std::string_view names[] = {"input", "key", "none"};
};

/// How the inputs of a region become one stream of records (`merge`).
struct MergePolicy {
  enum class Kind : std::uint8_t {
    input,        ///< By the place of their origins, then by the number of the input.
    arrival,      ///< As they come.
    priority,     ///< The first input that has something, in the order of `from`.
    weighted,     ///< In turns, `weights[i]` records of input i a turn; who has nothing is passed.
    round_robin,  ///< In turns, one record each; who has nothing is passed.
    concat,       ///< All of the first, then all of the second, ...
    sorted,       ///< The smallest `by` of all live inputs next.
    zip           ///< Partners become one record: by origin if `by_origin`, else the n-th of each.
  };
  Kind kind = Kind::input;
  Field by;                              ///< sorted
  std::chrono::nanoseconds lateness{0};  ///< sorted: how far an input itself may be out of order.
  std::chrono::nanoseconds idle{0};    ///< An input silent for so long is not waited for; 0: never.
  std::vector<std::uint32_t> weights;  ///< weighted: one an input.
  bool by_origin = false;              ///< zip
};
template <>
struct EnumNames<MergePolicy::Kind> {
  static constexpr std::string_view names[] = {"input",       "arrival", "priority", "weighted",
                                               "round_robin", "concat",  "sorted",   "zip"};
};

/// How many regions with several readers may lie one below the other where a merge below all of
/// them goes by the order of origins.
constexpr std::size_t kForks = 16;

/// Where records leave a region for another: what is sent to `port` of its last stage becomes input
/// `input` of region `to`. Several outlets of one port: each gets all of it (a tee).
struct Outlet {
  int port = 0;
  int to = 0;
  int input = 0;
};

/// A part of the plan's threads with a name (`shared.pools`).
struct PoolSpec {
  std::string name;
  int threads = 1;
};

/// The run's hard bounds, all resolved: no `auto` is left.
struct Limits {
  std::uint64_t records = 100'000;      ///< In flight.
  std::uint64_t record = 16ull << 20;   ///< Bytes of one record in one stage.
  std::uint64_t memory = 256ull << 20;  ///< Bytes in flight and pooled, all together.
  std::uint64_t state = 0;              ///< Of these, for the state of keys.
  int threads = 1;
  std::chrono::nanoseconds drain = std::chrono::seconds(20);
};

/// One stage, checked and made.
struct PlannedStage {
  std::string name;
  std::string about;
  const TypeSpec* type = nullptr;
  std::shared_ptr<void> options;
  std::shared_ptr<Stage> stage;
  Expression when;  ///< Empty: every record.
  ErrorPolicy on_error;
  Workers workers;
  CallPolicy call;
  std::vector<std::string> named_fields;  ///< Top-level fields that its options name.
  Mark mark;                              ///< Of the stage in the file.
  int region = 0;                         ///< Index into Plan::regions.
  /// The stage that this one is another pass of (`loop`, `streams`): they share `stage`, options
  /// and name, but each stream of a source has its own. -1: it is itself.
  int pass_of = -1;
  std::vector<std::string> ports;  ///< Names of its outputs.
  /// Loops: what is sent to this port has used up its rounds: an error of kind `loop`. -1: none.
  int exhausted_port = -1;
};

/// A run of neighbouring stages that work in one node body: either concurrent transforms, fused,
/// or serial stages (of which the last may be the sink).
struct Segment {
  enum class Kind : std::uint8_t { parallel, serial };
  Kind kind = Kind::parallel;
  int first = 0;  ///< Indices into Plan::stages, inclusive.
  int last = 0;
  int workers = 0;       ///< parallel: at most this many at once; 0: unlimited.
  bool in_order = true;  ///< The segment's input is put into the order of origins.
};

/// A part of the plan with numbers, credits and a share of the limits of its own: a chain of
/// stages. It begins with a source, or where records are copied out of the regions above into a
/// reorder buffer. `first` may be a stage that is called record by record there; the others work on
/// batches, in `segments`, of which the first is parallel (perhaps empty: first > last; a source's
/// also loads what it hands out) and the last one serial (perhaps empty but for what the region
/// hands on).
struct Region {
  int first = 0;
  int last = 0;
  bool calls = false;          ///< `first` is called record by record.
  bool letters = false;        ///< Takes the dead letters that name its first stage.
  Order order = Order::input;  ///< How records leave the reorder buffer.
  /// The regions that it reads, in the order of `from`; of letters: those that may send some.
  /// Empty: `first` is a source.
  std::vector<int> inputs;
  MergePolicy merge;            ///< Of two and more inputs.
  std::vector<Outlet> outlets;  ///< Where what leaves `last` goes; empty: that is a sink.
  /// Where dead letters go: `port` is the stage that they name.
  std::vector<Outlet> letter_outlets;
  /// The source (index into Plan::sources) that all records come from; -1: from several.
  int source = 0;
  bool sorted = true;     ///< Its batches hold records in the order of their origins.
  bool frontier = false;  ///< A merge below needs to know how far it is when nothing leaves it.
  /// Of a region with several outlets: how many such regions are above it, at most.
  std::optional<std::size_t> fork;
  int pool = -1;              ///< Index into Plan::pools; -1: the common threads.
  std::uint64_t records = 0;  ///< Its share of `limits.records`.
  std::uint64_t memory = 0;   ///< Its share of `limits.memory`, in bytes.
  std::uint64_t reserve = 0;  ///< Of these, kept back for the oldest record.
  std::vector<Segment> segments;

  bool is_source() const { return inputs.empty(); }
  bool ends() const { return outlets.empty(); }
};

/// A pipeline, checked and laid out. Stages stand behind those that they read, and those of one
/// region next to each other; regions likewise.
struct Plan {
  std::string name;
  std::string about;
  std::string file;
  Limits limits;
  std::vector<PlannedStage> stages;
  std::vector<Region> regions;
  std::vector<int> sources;      ///< The stages that are one, in order.
  std::vector<RateLimit> rates;  ///< What CallPolicy::rate means.
  std::vector<PoolSpec> pools;

  const PlannedStage& at(int stage) const { return stages[static_cast<std::size_t>(stage)]; }
  /// Whether it is the first, in the order of the plan, with its `stage`: who opens and closes
  /// that.
  bool opens(int stage) const {
    const int first = at(stage).pass_of;
    return first < 0 || at(first).stage != at(stage).stage;
  }
  Source& source_at(int stage) const { return static_cast<Source&>(*at(stage).stage); }
  bool is_sink(int stage) const { return at(stage).type->role == Role::sink; }
  Sink& sink_at(int stage) const { return static_cast<Sink&>(*at(stage).stage); }
};

}  // namespace weir
