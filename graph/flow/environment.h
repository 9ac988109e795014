#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "graph/flow/fence.h"
#include "graph/flow/run.h"

namespace weir {

/// The parts of the sources, by number; written by the sources, read by anyone.
class PartTable {
 public:
  explicit PartTable(std::size_t sources) : parts_(sources) {}

  /// Returns its number among those of the source.
  std::uint32_t add(std::size_t source, Part part) {
    const std::lock_guard lock(mutex_);
    parts_[source].push_back(std::move(part));
    return static_cast<std::uint32_t>(parts_[source].size() - 1);
  }
  std::uint32_t last(std::size_t source) const {
    const std::lock_guard lock(mutex_);
    return parts_[source].empty() ? 0 : static_cast<std::uint32_t>(parts_[source].size() - 1);
  }
  /// `part` as records have it (detail::part_of).
  const Part& get(std::uint32_t part) const {
    const std::lock_guard lock(mutex_);
    const auto& parts = parts_[detail::source_of(part)];
    const std::uint32_t number = detail::number_of(part);
    return number < parts.size() ? parts[number] : none_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::deque<Part>> parts_;  ///< By source; references stay valid.
  Part none_;
};

class Ticket;

/// Where a stage wanted no more input (`take`).
struct InputEnd {
  Place place;
  std::size_t stage = 0;
};

/// What all parts of one run share.
class Environment final : public detail::Host {
 public:
  Environment(Plan& plan_, RunServices services_)
      : plan(plan_),
        services(std::move(services_)),
        fence(plan_.sources.size()),
        parts(plan_.sources.size()),
        state(plan_.limits.state),
        input_ends_(plan_.sources.size()),
        stopped_(plan_.sources.size()),
        read_of_(plan_.sources.size()) {}

  const Part& part(std::uint32_t part) const override { return parts.get(part); }
  std::string_view stage_name(std::uint16_t stage) const override {
    return plan.stages[stage].name;
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

  /// Whether stage `stage` need not work on what stands there: it lies at or behind the failing
  /// origin, or behind what a later stage wanted to have.
  bool beyond(Place place, std::size_t stage) const {
    if (fence.holds_back(place)) return true;
    if (!input_has_end.load(std::memory_order_acquire)) return false;
    const auto end = input_end(place.source);
    return end && place > end->place && stage < end->stage;
  }

  std::optional<InputEnd> input_end(std::size_t source) const {
    const std::lock_guard lock(end_mutex_);
    return input_ends_[source];
  }
  /// A stage wants nothing behind that place; the first one counts.
  void end_input(InputEnd end) {
    {
      const std::lock_guard lock(end_mutex_);
      std::optional<InputEnd>& current = input_ends_[end.place.source];
      if (!current || end.place < current->place) current = end;
      input_has_end.store(true, std::memory_order_release);
    }
    stop_source(end.place.source);
  }

  /// No more is read: interrupted, failed, or nobody needs more of it.
  bool stopped(std::size_t source) const {
    return stopped_[source].load(std::memory_order_acquire);
  }
  void stop_source(std::size_t source) { stopped_[source].store(true, std::memory_order_release); }
  void stop_all() {
    for (auto& stopped : stopped_) stopped.store(true, std::memory_order_release);
  }

  /// Whether faults are injected at a stage.
  bool chaos_at(std::size_t stage) const {
    if (!services.chaos) return false;
    const auto& names = services.chaos->stages;
    return names.empty() ||
           std::find(names.begin(), names.end(), plan.stages[stage].name) != names.end();
  }

  Plan& plan;
  RunServices services;
  Fence fence;
  PartTable parts;
  Observer* observer = nullptr;
  std::mutex observer_mutex;  ///< Source and workers call it in turn.
  std::uint64_t input_limit =
      ~std::uint64_t{0};  ///< Records of a source that an observed run reads.
  /// Books the outcome of an origin whose last record is gone.
  std::function<void(Ticket&)> book;
  /// Stage `stage` wants no more of what its region gets, which others may still want.
  std::function<void(std::size_t stage)> unwanted;
  StateBudget state;

  /// What is in flight is not worked on any more.
  std::atomic<bool> abandoning{false};

  /// Whether any source's input was ended by a stage (`take`).
  std::atomic<bool> input_has_end{false};

  /// Read so far: counted where records enter, compared with the outcomes at the end.
  alignas(64) std::atomic<std::uint64_t> read{0};
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_handed_out{0};
  /// Origins whose outcome is not booked yet, and the most there were.
  alignas(64) std::atomic<std::uint64_t> in_flight{0};
  std::atomic<std::uint64_t> peak_in_flight{0};

  /// Read so far of one source.
  std::uint64_t read_of(std::size_t source) const {
    return read_of_[source].load(std::memory_order_relaxed);
  }

  /// Records have been read.
  void enter(std::size_t source, std::uint64_t records) {
    read.fetch_add(records, std::memory_order_relaxed);
    read_of_[source].fetch_add(records, std::memory_order_relaxed);
    const std::uint64_t now = in_flight.fetch_add(records, std::memory_order_relaxed) + records;
    std::uint64_t peak = peak_in_flight.load(std::memory_order_relaxed);
    while (now > peak && !peak_in_flight.compare_exchange_weak(peak, now)) {
    }
  }

 private:
  mutable std::mutex end_mutex_;
  std::vector<std::optional<InputEnd>> input_ends_;  ///< By source.
  std::vector<std::atomic<bool>> stopped_;           ///< By source.
  std::vector<std::atomic<std::uint64_t>> read_of_;  ///< By source.
};

}  // namespace weir
