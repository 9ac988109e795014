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

/// The parts of a source, by number; written by the source, read by anyone.
class PartTable {
 public:
  std::uint32_t add(Part part) {
    const std::lock_guard lock(mutex_);
    parts_.push_back(std::move(part));
    return static_cast<std::uint32_t>(parts_.size() - 1);
  }
  std::uint32_t last() const {
    const std::lock_guard lock(mutex_);
    return parts_.empty() ? 0 : static_cast<std::uint32_t>(parts_.size() - 1);
  }
  const Part& get(std::uint32_t part) const {
    const std::lock_guard lock(mutex_);
    return part < parts_.size() ? parts_[part] : none_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Part> parts_;  ///< References stay valid.
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
  Environment(Plan& plan_, RunServices services_) : plan(plan_), services(std::move(services_)) {}

  const Part& part(std::uint32_t part) const override { return parts.get(part); }
  std::uint32_t source() const override { return 0; }
  std::string_view stage_name(std::uint16_t stage) const override {
    return plan.stages[stage].name;
  }
  Value json_at(std::string_view json, std::span<const std::string> steps,
                detail::Arena& arena) const override {
    return services.json_at ? services.json_at(json, steps, arena) : Value();
  }

  std::uint64_t record_limit() const { return plan.limits.record; }
  bool abandoned() const { return abandoning.load(std::memory_order_relaxed); }

  /// Whether stage `stage` need not work on what stands there: it lies at or behind the failing
  /// origin, or behind what a later stage wanted to have.
  bool beyond(Place place, std::size_t stage) const {
    if (fence.holds_back(place)) return true;
    if (!input_has_end.load(std::memory_order_acquire)) return false;
    const std::lock_guard lock(end_mutex);
    return input_end && place > input_end->place && stage < input_end->stage;
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
  std::mutex observer_mutex;                      ///< Source and workers call it in turn.
  std::uint64_t input_limit = ~std::uint64_t{0};  ///< Records that an observed run reads.
  /// Books the outcome of an origin whose last record is gone.
  std::function<void(Ticket&)> book;

  /// No more is read: interrupted, failed, or a stage needs no more input.
  std::atomic<bool> stop_reading{false};
  /// What is in flight is not worked on any more.
  std::atomic<bool> abandoning{false};

  /// The place behind which a stage wanted no more input (`take`): the first one.
  mutable std::mutex end_mutex;
  std::optional<InputEnd> input_end;
  std::atomic<bool> input_has_end{false};

  /// Read so far: counted where records enter, compared with the outcomes at the end.
  alignas(64) std::atomic<std::uint64_t> read{0};
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_handed_out{0};
  /// Origins whose outcome is not booked yet, and the most there were.
  alignas(64) std::atomic<std::uint64_t> in_flight{0};
  std::atomic<std::uint64_t> peak_in_flight{0};

  void enter(std::uint64_t records) {
    const std::uint64_t now = in_flight.fetch_add(records, std::memory_order_relaxed) + records;
    std::uint64_t peak = peak_in_flight.load(std::memory_order_relaxed);
    while (now > peak && !peak_in_flight.compare_exchange_weak(peak, now)) {
    }
  }
};

}  // namespace weir
