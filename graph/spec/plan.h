#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
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
  std::unique_ptr<Stage> stage;
  Expression when;  ///< Empty: every record.
  ErrorPolicy on_error;
  Workers workers;
  CallPolicy call;
  std::vector<std::string> named_fields;  ///< Top-level fields that its options name.
  Mark mark;                              ///< Of the stage in the file.
  int region = 0;                         ///< Index into Plan::regions.
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

/// A part of the plan with numbers, credits and a share of the limits of its own. It begins with
/// the source, or where records are copied out of the region above into a reorder buffer. `first`
/// may be a stage that is called record by record there; the others work on batches, in `segments`,
/// of which the first is parallel (perhaps empty: first > last; the source's also loads what it
/// hands out) and the last one serial (perhaps empty but for what the region hands on).
struct Region {
  int first = 0;
  int last = 0;
  bool calls = false;          ///< `first` is called record by record.
  bool letters = false;        ///< Takes the dead letters that name its first stage.
  Order order = Order::input;  ///< How records leave the reorder buffer.
  int next = -1;               ///< The region that takes what leaves `last`; -1: that is a sink.
  std::uint64_t records = 0;   ///< Its share of `limits.records`.
  std::uint64_t memory = 0;    ///< Its share of `limits.memory`, in bytes.
  std::uint64_t reserve = 0;   ///< Of these, kept back for the oldest record.
  std::vector<Segment> segments;
};

/// A pipeline, checked and laid out: stages[0] is the source; the stages of the main chain, which
/// ends with a sink, come first, then those of each chain of dead letters. Regions likewise.
struct Plan {
  std::string name;
  std::string about;
  std::string file;
  Limits limits;
  std::vector<PlannedStage> stages;
  std::vector<Region> regions;
  std::vector<RateLimit> rates;  ///< What CallPolicy::rate means.

  Source& source() const { return static_cast<Source&>(*stages.front().stage); }
  bool is_sink(int stage) const {
    return stages[static_cast<std::size_t>(stage)].type->role == Role::sink;
  }
  /// The main chain's.
  Sink& sink() const {
    std::size_t region = 0;
    while (regions[region].next >= 0) region = static_cast<std::size_t>(regions[region].next);
    return sink_at(regions[region].last);
  }
  Sink& sink_at(int stage) const {
    return static_cast<Sink&>(*stages[static_cast<std::size_t>(stage)].stage);
  }
};

}  // namespace weir
