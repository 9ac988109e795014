#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weir/registry.h"

namespace weir {

/// What happens to a record that a stage failed (`on_error`).
enum class OnError : std::uint8_t { fail, skip, keep };
template <>
struct EnumNames<OnError> {
  static constexpr std::string_view names[] = {"fail", "skip", "keep"};
};

/// How a stage's output leaves it (`order`).
enum class Order : std::uint8_t { input, none };
template <>
struct EnumNames<Order> {
  static constexpr std::string_view names[] = {"input", "none"};
};

/// The run's hard bounds, all resolved: no `auto` is left.
struct Limits {
  std::uint64_t records = 100'000;      ///< In flight.
  std::uint64_t record = 16ull << 20;   ///< Bytes of one record in one stage.
  std::uint64_t memory = 256ull << 20;  ///< Bytes in flight and pooled, all together.
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
  OnError on_error = OnError::fail;
  int workers = 0;                        ///< 0: as many as threads.
  std::vector<std::string> named_fields;  ///< Top-level fields that its options name.
  Mark mark;                              ///< Of the stage in the file.
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

/// A pipeline, checked and laid out: stages[0] is the source, the last one the sink. `segments`
/// cover stages 1 to n-1, in order; the first one is parallel (perhaps empty: first > last) and
/// also loads what the source hands out; the last one is serial and ends with the sink.
struct Plan {
  std::string name;
  std::string about;
  std::string file;
  Limits limits;
  std::vector<PlannedStage> stages;
  std::vector<Segment> segments;

  Source& source() const { return static_cast<Source&>(*stages.front().stage); }
  Sink& sink() const { return static_cast<Sink&>(*stages.back().stage); }
};

/// How many bytes the ledger keeps back so that the oldest record can always be finished: what one
/// record may take as it is read and in each transform. (DESIGN.md, "Memory".)
std::uint64_t reserve_of(std::size_t transforms, std::uint64_t record);

}  // namespace weir
