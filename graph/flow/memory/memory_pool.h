#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The part of the memory limit that an allocation may use. `reserve` is kept for the record that
/// must be able to finish: the oldest one, or the one in a serial stage.
enum class Lane : std::uint8_t { normal, reserve };

/// A block of memory. `size` is its capacity in bytes, as charged to the ledger.
struct Block {
  char* data = nullptr;
  std::size_t size = 0;
};

/// The memory ledger and the blocks that it counts. All that a run holds for records comes from
/// here, directly from the system, so that the ledger and the resident set agree: blocks in use and
/// cached blocks together never exceed `limit`. Thread-safe; one lock for each block, none for each
/// record.
///
/// The system may refuse a block below the limit. The lane `normal` then counts as full for a
/// while, as if the limit had been reached. For the lane `reserve`, the pool holds back as much
/// address space as it may need, and releases it when a block is refused, so that the oldest record
/// can still finish.
class MemoryPool {
 public:
  MemoryPool(std::uint64_t limit, std::uint64_t reserve);
  ~MemoryPool();
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  /// Takes a block of at least `bytes`. Returns false if the lane has no room for it now.
  [[nodiscard]] bool take(std::size_t bytes, Lane lane, Block& block);
  void give(Block block);
  /// Does the same as `take`, but if there is no room, calls `reclaim` (which returns empty slabs)
  /// and tries again. The caller must not hold the lock that `reclaim` takes.
  [[nodiscard]] bool take_or_reclaim(std::size_t bytes, Lane lane, Block& block);
  /// Counts `bytes` that somebody holds elsewhere, as if the lane `normal` had given them. Returns
  /// false if there is no room for them now.
  [[nodiscard]] bool hold(std::uint64_t bytes);
  void release(std::uint64_t bytes);
  void set_reclaim(std::function<void()> reclaim) { reclaim_ = std::move(reclaim); }

  std::uint64_t limit() const { return limit_; }
  std::uint64_t normal_limit() const { return normal_limit_; }
  /// Returns the most that the lane `normal` may give to records now.
  std::uint64_t normal_room() const {
    return normal_limit_ - held_.load(std::memory_order_relaxed);
  }
  /// Returns the bytes of the blocks in use.
  std::uint64_t taken() const;
  /// Returns these and what is held elsewhere.
  std::uint64_t used() const;
  std::uint64_t peak() const;

 private:
  static std::size_t rounded(std::size_t bytes, Lane lane);
  bool has_room(std::uint64_t size, Lane lane) WEIR_REQUIRES(mutex_);
  std::uint64_t in_use() const WEIR_REQUIRES(mutex_) { return used_ + held_.load(); }
  char* cached(std::size_t size) WEIR_REQUIRES(mutex_);
  char* obtain(std::size_t size, Lane lane) WEIR_REQUIRES(mutex_);
  char* map_small() WEIR_REQUIRES(mutex_);
  bool shelve(std::size_t size, char* at) WEIR_REQUIRES(mutex_);
  void drop_cached(std::uint64_t bytes) WEIR_REQUIRES(mutex_);
  bool restore_ballast() WEIR_REQUIRES(mutex_);
  void refused() WEIR_REQUIRES(mutex_);

  std::function<void()> reclaim_;
  const std::uint64_t limit_;
  const std::uint64_t normal_limit_;
  mutable Mutex mutex_;
  std::uint64_t used_ WEIR_GUARDED_BY(mutex_) = 0;
  std::atomic<std::uint64_t> held_{0};  ///< Changed under the mutex.
  std::uint64_t peak_ WEIR_GUARDED_BY(mutex_) = 0;
  std::uint64_t cached_bytes_ WEIR_GUARDED_BY(mutex_) = 0;
  std::map<std::size_t, std::vector<char*>> cached_ WEIR_GUARDED_BY(mutex_);
  std::uint64_t granted_ WEIR_GUARDED_BY(mutex_);  ///< The normal limit, or less after a refusal.
  std::chrono::steady_clock::time_point ask_again_ WEIR_GUARDED_BY(mutex_);
  std::size_t ballast_size_ WEIR_GUARDED_BY(mutex_) = 0;
  char* ballast_ WEIR_GUARDED_BY(mutex_) =
      nullptr;  ///< Never touched, so that it takes address space but no memory.
};

}  // namespace weir::flow
