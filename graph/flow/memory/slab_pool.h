#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>

#include "graph/flow/memory/memory_pool.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

struct Slab;

/// A piece of memory from a slab, aligned to 16 bytes. `size` is its capacity.
struct Piece {
  char* data = nullptr;
  std::size_t size = 0;
  Slab* slab = nullptr;  ///< Null if the piece is a block of the memory pool.
};

/// A block that is cut into pieces of one size.
struct Slab {
  Block block;
  char* free = nullptr;  ///< The first of the returned pieces; each holds a pointer to the next.
  Slab* next = nullptr;  ///< The next slab of its class that has free pieces.
  Slab* prev = nullptr;
  std::uint32_t cut = 0;  ///< Pieces cut so far; the rest was never touched.
  std::uint32_t used = 0;
  std::uint32_t count = 0;
  std::uint32_t size_class = 0;
};

/// Cuts small pieces out of blocks of the memory pool, so that the ledger, which counts whole
/// blocks, has room for 100,000 waiting records of some hundred bytes each. A segregated-fit
/// allocator like Bonwick's slabs (1994): size classes from 64 bytes to 32 KiB, four to each power
/// of two; a slab of 16 KiB (64 KiB for pieces above 2 KiB) holds pieces of one class. Larger sizes
/// come straight from the memory pool.
///
/// A slab returns to the memory pool with its last piece, but each class keeps one empty slab.
/// These return too before the memory pool counts as full. Thread-safe; one lock, O(1).
class SlabPool {
 public:
  static constexpr std::size_t kLargest = 32 * 1024;

  explicit SlabPool(MemoryPool& pool) : pool_(&pool) {}
  /// Requires that every piece has been returned.
  ~SlabPool();
  SlabPool(const SlabPool&) = delete;
  SlabPool& operator=(const SlabPool&) = delete;

  /// Takes a piece of at least `bytes`. Returns false if the lane has no room for it now. In the
  /// lane `reserve`, a piece for which there is no slab is a block of its own from the reserve.
  [[nodiscard]] bool take(std::size_t bytes, Lane lane, Piece& piece);
  void give(const Piece& piece);
  /// Returns all pieces under one lock.
  void give(std::span<const Piece> pieces);

  /// Returns the empty slabs to the memory pool.
  void release_empty();
  /// Returns the bytes that the ledger is charged for slabs and pieces.
  std::uint64_t held() const;

 private:
  /// The slabs of one size that have free pieces, and the empty one that is kept.
  struct SizeClass {
    Slab* partial = nullptr;
    Slab* empty = nullptr;
  };
  static constexpr std::size_t kClasses = 37;

  bool take_block(std::size_t bytes, Lane lane, Block& block) WEIR_REQUIRES(mutex_);
  void give_block(const Block& block) WEIR_REQUIRES(mutex_);
  Slab* slab_with_room(std::uint32_t size_class) WEIR_REQUIRES(mutex_);
  Slab* new_slab(std::uint32_t size_class) WEIR_REQUIRES(mutex_);
  void give_back(const Piece& piece) WEIR_REQUIRES(mutex_);
  void retire(Slab* slab) WEIR_REQUIRES(mutex_);
  void drop_empty() WEIR_REQUIRES(mutex_);

  MemoryPool* pool_;
  mutable Mutex mutex_;
  std::array<SizeClass, kClasses> classes_ WEIR_GUARDED_BY(mutex_);
  std::deque<Slab> slabs_ WEIR_GUARDED_BY(mutex_);
  Slab* unused_ WEIR_GUARDED_BY(mutex_) = nullptr;  ///< Entries of `slabs_` without a block.
  std::uint64_t held_ WEIR_GUARDED_BY(mutex_) = 0;
};

}  // namespace weir::flow
