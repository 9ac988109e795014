#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace weir {

/// Which part of the memory limit an allocation may use. `reserve` is kept back for the record
/// that must be able to finish: the oldest one, or the one now in a serial stage.
enum class Lane : std::uint8_t { normal, reserve };

/// A piece of memory; `size` is its capacity, what the ledger was charged.
struct Block {
  char* data = nullptr;
  std::size_t size = 0;
};

/// The memory ledger and the blocks that it stands for. All that a run holds for records comes from
/// here, straight from the system, so that the ledger and the resident set tell the same story:
/// blocks in use and cached blocks together never pass `limit`. Thread-safe; one lock per block,
/// none per record.
class MemoryPool {
 public:
  MemoryPool(std::uint64_t limit, std::uint64_t reserve);
  ~MemoryPool();
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  /// A block of at least `bytes`; false if the lane has no room for it now.
  [[nodiscard]] bool take(std::size_t bytes, Lane lane, Block& block);
  void give(Block block);
  /// The same as `take`, but where there is no room, `reclaim` (empty slabs that somebody keeps)
  /// is asked first. Not for who holds the lock that `reclaim` needs.
  [[nodiscard]] bool take_or_reclaim(std::size_t bytes, Lane lane, Block& block);
  void set_reclaim(std::function<void()> reclaim) { reclaim_ = std::move(reclaim); }

  std::uint64_t limit() const { return limit_; }
  std::uint64_t normal_limit() const { return normal_limit_; }
  std::uint64_t used() const;
  std::uint64_t peak() const;

 private:
  static std::size_t rounded(std::size_t bytes, Lane lane);
  char* map(std::size_t size);
  char* map_small();
  void drop_cached(std::uint64_t bytes);

  std::function<void()> reclaim_;
  const std::uint64_t limit_;
  const std::uint64_t normal_limit_;
  mutable std::mutex mutex_;
  std::uint64_t used_ = 0;
  std::uint64_t peak_ = 0;
  std::uint64_t cached_bytes_ = 0;
  std::map<std::size_t, std::vector<char*>> cached_;
};

}  // namespace weir
