#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>

#include "graph/flow/memory_pool.h"

namespace weir {

struct Slab;

/// A piece of memory out of a slab; `size` is its capacity. Aligned to 16.
struct Piece {
  char* data = nullptr;
  std::size_t size = 0;
  Slab* slab = nullptr;  ///< Null: a block of the memory pool, of its own.
};

/// Pieces of one size, cut from one block.
struct Slab {
  Block block;
  char* free = nullptr;  ///< The first of the pieces that came back; each holds the next.
  Slab* next = nullptr;  ///< Among the slabs of its class that have free pieces.
  Slab* prev = nullptr;
  std::uint32_t cut = 0;  ///< Pieces cut so far; the others were never touched.
  std::uint32_t used = 0;
  std::uint32_t count = 0;
  std::uint32_t size_class = 0;
};

/// Small pieces out of blocks of the memory pool, so that the ledger, which counts whole blocks,
/// can hold 100,000 waiting records of some hundred bytes each. A segregated-fit allocator as in
/// Bonwick's slabs (1994): size classes from 64 bytes to 32 KiB, four to each power of two; a slab
/// of 16 KiB (64 KiB for pieces above 2 KiB) holds pieces of one class. Larger sizes come straight
/// from the memory pool.
///
/// A slab goes back to the memory pool with its last piece, but each class keeps one that is empty;
/// these go back too before the memory pool is said to be full. Thread-safe; one lock, O(1).
class SlabPool {
 public:
  static constexpr std::size_t kLargest = 32 * 1024;

  explicit SlabPool(MemoryPool& pool) : pool_(&pool) {}
  /// Every piece must have come back.
  ~SlabPool();
  SlabPool(const SlabPool&) = delete;
  SlabPool& operator=(const SlabPool&) = delete;

  /// A piece of at least `bytes`; false if the lane has no room for it now. In the lane `reserve`
  /// a piece for which no slab can be had is a block of its own from the reserve.
  [[nodiscard]] bool take(std::size_t bytes, Lane lane, Piece& piece);
  void give(const Piece& piece);
  /// All at once.
  void give(std::span<const Piece> pieces);

  /// Gives back the empty slabs.
  void release_empty();
  /// What the ledger is charged for pieces and slabs.
  std::uint64_t held() const;

 private:
  /// The slabs of one size that have free pieces, and the one kept in store.
  struct SizeClass {
    Slab* partial = nullptr;
    Slab* empty = nullptr;
  };
  static constexpr std::size_t kClasses = 37;

  bool take_block(std::size_t bytes, Lane lane, Block& block);
  void give_block(const Block& block);
  Slab* slab_with_room(std::uint32_t size_class);
  Slab* new_slab(std::uint32_t size_class);
  void give_back(const Piece& piece);
  void retire(Slab* slab);
  void drop_empty();

  MemoryPool* pool_;
  mutable std::mutex mutex_;
  std::array<SizeClass, kClasses> classes_;
  std::deque<Slab> slabs_;
  Slab* unused_ = nullptr;  ///< Entries of `slabs_` without a block.
  std::uint64_t held_ = 0;
};

}  // namespace weir
