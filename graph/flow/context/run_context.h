#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>

#include "graph/flow/api/run_services.h"
#include "graph/flow/context/failure_cut.h"
#include "graph/flow/sync/mutex.h"
#include "weir/error.h"

namespace weir::flow {

/// The parts of the sources, by number. Sources add them, and anyone may read them. Thread-safe.
class PartTable {
 public:
  /// `most` is the largest number of parts of one source.
  explicit PartTable(std::size_t sources, std::size_t most = detail::kMostParts)
      : most_(most), parts_(sources) {}

  /// Adds a part and returns its number among those of the source. Throws Error if there are too
  /// many.
  std::uint32_t add(SourceId source, Part part) {
    const Lock lock(mutex_);
    if (parts_[source].size() >= most_) {
      throw Error("parts", "the source began more than " + std::to_string(most_) + " parts", false);
    }
    parts_[source].push_back(std::move(part));
    return static_cast<std::uint32_t>(parts_[source].size() - 1);
  }
  std::uint32_t last(SourceId source) const {
    const Lock lock(mutex_);
    return parts_[source].empty() ? 0 : static_cast<std::uint32_t>(parts_[source].size() - 1);
  }
  /// Returns the part that a record names (detail::part_of).
  const Part& get(std::uint32_t part) const {
    const Lock lock(mutex_);
    const auto& parts = parts_[SourceId(detail::source_of(part))];
    const std::uint32_t number = detail::number_of(part);
    return number < parts.size() ? parts[number] : none_;
  }

 private:
  const std::size_t most_;
  mutable Mutex mutex_;
  /// References stay valid.
  IdVector<SourceId, std::deque<Part>> parts_ WEIR_GUARDED_BY(mutex_);
  Part none_;
};

/// The place after which a stage wanted no more input (`take`), and the reason for which what lies
/// behind it is filtered.
struct InputEnd {
  OriginPlace place;
  StageId stage;
  std::uint16_t reason;
};

/// Returns the number of ports by which records may leave a stage.
inline std::uint32_t ports_of(const compile::PlannedStage& stage) {
  return std::max(1u, static_cast<std::uint32_t>(stage.ports.size()));
}

/// The state that all parts of one run share.
class RunContext final : public detail::Host {
 public:
  RunContext(compile::Plan& plan_, RunServices services_)
      : plan(plan_),
        services(std::move(services_)),
        failure_cut(plan_.sources.size()),
        parts(plan_.sources.size()),
        state(plan_.limits.state),
        input_ends_(plan_.sources.size()),
        stopped_(plan_.sources.size()),
        read_of_(plan_.sources.size()),
        read_out_(plan_.sources.size()) {}

  const Part& part(std::uint32_t part) const override { return parts.get(part); }
  std::string_view stage_name(std::uint16_t stage) const override {
    return plan.stages[StageId(stage)].name;
  }
  Value json_at(std::string_view json, std::span<const std::string> steps,
                detail::Arena& arena) const override {
    return services.json_at ? services.json_at(json, steps, arena) : Value();
  }

  Origin origin(const detail::RecordData& record) const {
    return {detail::source_of(record.part), detail::number_of(record.part), record.position};
  }
  std::uint64_t record_limit() const { return plan.limits.record; }
  bool abandoned() const { return abandoning.load(std::memory_order_relaxed); }

  /// Returns whether `stage` need not process what stands at `place`: it is at or behind the
  /// failing origin, or behind the last origin that a later stage wanted.
  bool beyond(OriginPlace place, StageId stage) const {
    if (failure_cut.holds_back(place)) return true;
    if (!input_has_end.load(std::memory_order_acquire)) return false;
    const auto end = input_end(place.source);
    return end && place > end->place && stage < end->stage;
  }

  std::optional<InputEnd> input_end(SourceId source) const {
    const Lock lock(end_mutex_);
    return input_ends_[source];
  }
  /// Notes that a stage wants nothing behind that place. The smallest place of a source counts.
  void end_input(InputEnd end) {
    {
      const Lock lock(end_mutex_);
      std::optional<InputEnd>& current = input_ends_[end.place.source];
      if (!current || end.place < current->place) current = end;
      input_has_end.store(true, std::memory_order_release);
    }
    stop_source(end.place.source);
  }

  /// Returns whether the source reads no more: the run was interrupted or failed, or nobody needs
  /// more.
  bool stopped(SourceId source) const { return stopped_[source].load(std::memory_order_acquire); }
  void stop_source(SourceId source) { stopped_[source].store(true, std::memory_order_release); }
  void stop_all() {
    for (auto& stopped : stopped_) stopped.store(true, std::memory_order_release);
  }

  /// Returns whether faults are injected at a stage.
  bool chaos_at(StageId stage) const {
    if (!services.chaos) return false;
    const auto& names = services.chaos->stages;
    return names.empty() ||
           std::find(names.begin(), names.end(), plan.stages[stage].name) != names.end();
  }

  compile::Plan& plan;
  RunServices services;
  FailureCut failure_cut;
  PartTable parts;
  Observer* observer = nullptr;
  Mutex observer_mutex;  ///< Sources and worker threads call it in turn.
  std::uint64_t input_limit =
      ~std::uint64_t{0};  ///< The most records that an observed run reads of a source.
  StateBudget state;

  /// True if what is in flight is no longer processed.
  std::atomic<bool> abandoning{false};

  /// True if a stage ended the input of any source (`take`).
  std::atomic<bool> input_has_end{false};

  /// Records read so far: counted where they enter, and compared with the outcomes at the end.
  alignas(64) std::atomic<std::uint64_t> read{0};
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_handed_out{0};
  /// Origins whose outcome is not booked yet, and the most there ever were.
  alignas(64) std::atomic<std::uint64_t> in_flight{0};
  std::atomic<std::uint64_t> peak_in_flight{0};

  /// Returns how many records an observed run may still read of one source.
  std::uint64_t input_left(SourceId source) const {
    return input_limit - std::min(input_limit, read_of(source));
  }

  /// Returns how many records of one source were read so far.
  std::uint64_t read_of(SourceId source) const {
    return read_of_[source].load(std::memory_order_relaxed);
  }

  /// Notes that the source has said that nothing is left.
  void read_out(SourceId source) { read_out_[source].store(true, std::memory_order_release); }
  bool is_read_out(SourceId source) const {
    return read_out_[source].load(std::memory_order_acquire);
  }

  /// Counts records that were read.
  void enter(SourceId source, std::uint64_t records) {
    read.fetch_add(records, std::memory_order_relaxed);
    read_of_[source].fetch_add(records, std::memory_order_relaxed);
    const std::uint64_t now = in_flight.fetch_add(records, std::memory_order_relaxed) + records;
    std::uint64_t peak = peak_in_flight.load(std::memory_order_relaxed);
    while (now > peak && !peak_in_flight.compare_exchange_weak(peak, now)) {
    }
  }

 private:
  mutable Mutex end_mutex_;
  IdVector<SourceId, std::optional<InputEnd>> input_ends_ WEIR_GUARDED_BY(end_mutex_);
  IdVector<SourceId, std::atomic<bool>> stopped_;
  IdVector<SourceId, std::atomic<std::uint64_t>> read_of_;
  IdVector<SourceId, std::atomic<bool>> read_out_;
};

}  // namespace weir::flow
