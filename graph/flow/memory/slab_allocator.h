#pragma once

#include <cstddef>
#include <new>

#include "graph/flow/memory/slab_pool.h"
#include "weir/detail/arena.h"

namespace weir::flow {

/// An allocator with which standard containers and pointers take their memory from a slab pool, and
/// so from the ledger. Throws detail::OutOfMemory.
template <class T>
class SlabAllocator {
 public:
  using value_type = T;

  SlabAllocator(SlabPool& pool, Lane lane) : pool_(&pool), lane_(lane) {}
  template <class U>
  SlabAllocator(const SlabAllocator<U>& other)
      : pool_(other.pool_), lane_(other.lane_) {}  // NOLINT

  T* allocate(std::size_t count) {
    static_assert(alignof(T) <= kHead);
    Piece piece;
    if (!pool_->take(kHead + count * sizeof(T), lane_, piece)) throw detail::OutOfMemory{};
    new (piece.data) Piece(piece);
    return reinterpret_cast<T*>(piece.data + kHead);
  }
  void deallocate(T* at, std::size_t) {
    // Copied, because it lies in the memory that is given back.
    const Piece piece = *reinterpret_cast<Piece*>(reinterpret_cast<char*>(at) - kHead);
    pool_->give(piece);
  }

  friend bool operator==(const SlabAllocator& a, const SlabAllocator& b) {
    return a.pool_ == b.pool_;
  }

 private:
  /// The size of the header before each allocation, which holds its piece.
  static constexpr std::size_t kHead = 32;
  static_assert(sizeof(Piece) <= kHead);
  template <class U>
  friend class SlabAllocator;

  SlabPool* pool_;
  Lane lane_;
};

}  // namespace weir::flow
