#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include "graph/flow/memory/slab_pool.h"
#include "graph/flow/order/origin_place.h"
#include "graph/flow/order/root_mark.h"

namespace weir::flow {

/// The account of an origin whose records have left the batch that it entered with: its place in
/// the order, the worst outcome so far, and how many batches and slots still hold records of it.
/// The last holder books the outcome, so each origin is booked once. `hold`, `mark` and `let_go`
/// are thread-safe.
class OriginRef {
 public:
  /// Returns a reference with one holder, or null if the pool has no room.
  static OriginRef* make(SlabPool& pool, Lane lane, OriginPlace place) {
    Piece piece;
    if (!pool.take(sizeof(OriginRef), lane, piece)) return nullptr;
    return new (piece.data) OriginRef(pool, piece, place);
  }

  const OriginPlace place;
  bool counted = true;  ///< False for a record that a stage made by itself, which has no origin.

  void hold() { holders_.fetch_add(1, std::memory_order_relaxed); }
  void mark(RootMark mark) {
    RootMark current = mark_.load(std::memory_order_relaxed);
    while (outweighs(mark, current) && !mark_.compare_exchange_weak(current, mark)) {
    }
  }
  /// Returns whether this was the last holder, which must then call `take_mark` once.
  bool let_go() { return holders_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  /// The outcome of a reference that has ended, and its memory, which the caller must give back.
  struct Remains {
    RootMark mark;
    SlabPool* pool;
    Piece piece;
  };
  Remains take_mark() {
    const Remains remains{mark_.load(std::memory_order_relaxed), pool_, piece_};
    this->~OriginRef();
    return remains;
  }

 private:
  OriginRef(SlabPool& pool, Piece piece, OriginPlace place_)
      : place(place_), pool_(&pool), piece_(piece) {}
  ~OriginRef() = default;

  std::atomic<std::uint32_t> holders_{1};
  std::atomic<RootMark> mark_{kUnmarked};
  SlabPool* pool_;
  Piece piece_;
};

}  // namespace weir::flow
