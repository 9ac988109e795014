#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace weir::flow {

/// The credits of a region, and the number of its tokens on their way. Both are taken before
/// anything is read. Taking never waits: a caller that gets nothing keeps its state as data,
/// returns, and comes back when a token has ended. Thread-safe, without a lock.
class Gate {
 public:
  Gate(std::uint64_t records, int tokens) : records_(records), tokens_limit_(tokens) {}

  /// Takes up to `wanted` credits and returns how many; 0 if none is left.
  std::uint32_t take_records(std::uint32_t wanted) {
    std::uint64_t held = held_.load(std::memory_order_relaxed);
    while (true) {
      const std::uint64_t got = std::min<std::uint64_t>(wanted, records_ - held);
      if (got == 0) return 0;
      if (held_.compare_exchange_weak(held, held + got)) return static_cast<std::uint32_t>(got);
    }
  }
  void give_records(std::uint32_t records) {
    if (records > 0) held_.fetch_sub(records);
  }

  // Sequentially consistent: a pump that parks and a token that ends must not miss each other.
  void begin_token() { tokens_.fetch_add(1); }
  void end_token() { tokens_.fetch_sub(1); }
  int tokens() const { return tokens_.load(); }
  int tokens_limit() const { return tokens_limit_; }

  std::uint64_t held() const { return held_.load(); }
  std::uint64_t records() const { return records_; }

 private:
  const std::uint64_t records_;
  const int tokens_limit_;
  alignas(64) std::atomic<std::uint64_t> held_{0};
  alignas(64) std::atomic<int> tokens_{0};
};

}  // namespace weir::flow
