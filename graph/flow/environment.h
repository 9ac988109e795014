#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "graph/flow/fence.h"
#include "graph/flow/gate.h"
#include "graph/flow/memory_pool.h"
#include "graph/flow/pacer.h"
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

/// What all parts of one run share.
class Environment final : public detail::Host {
 public:
  Environment(Plan& plan_, RunServices services_, int tokens)
      : plan(plan_),
        services(std::move(services_)),
        pool(plan_.limits.memory, reserve_of(plan_.stages.size() - 2, plan_.limits.record)),
        gate(plan_.limits.records, tokens) {}

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

  Plan& plan;
  RunServices services;
  MemoryPool pool;
  Gate gate;
  Fence fence;
  Pacer pacer;
  PartTable parts;
  Observer* observer = nullptr;
  std::mutex observer_mutex;                      ///< Source and workers call it in turn.
  std::uint64_t input_limit = ~std::uint64_t{0};  ///< Records that an observed run reads.

  /// No more is read: interrupted, failed, or a stage needs no more input.
  std::atomic<bool> stop_reading{false};
  /// What is in flight is not worked on any more.
  std::atomic<bool> abandoning{false};

  /// The place behind which a stage wanted no more input (`take`); guarded by the sink's order.
  std::mutex end_mutex;
  std::optional<Place> input_end;

  /// Read so far: counted where records enter, compared with the outcomes at the end.
  alignas(64) std::atomic<std::uint64_t> read{0};
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_handed_out{0};
};

}  // namespace weir
