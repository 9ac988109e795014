#pragma once

#include "graph/flow/memory/memory_pool.h"
#include "weir/memory_share.h"

namespace weir::flow {

/// The part of a memory pool that a source may hold beside its records. At least a quarter of the
/// lane `normal` is always left for these.
class HeldMemory final : public MemoryShare {
 public:
  explicit HeldMemory(MemoryPool& pool) : pool_(pool) {}

  [[nodiscard]] bool take(std::uint64_t bytes) override {
    std::uint64_t held = held_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit() - held) return false;
    } while (!held_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
    if (pool_.hold(bytes)) return true;
    held_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  void give(std::uint64_t bytes) override {
    pool_.release(bytes);
    held_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  std::uint64_t limit() const override { return pool_.normal_limit() - pool_.normal_limit() / 4; }

 private:
  MemoryPool& pool_;
  std::atomic<std::uint64_t> held_{0};
};

}  // namespace weir::flow
