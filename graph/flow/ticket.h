#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include "graph/flow/fence.h"
#include "graph/flow/root_mark.h"
#include "graph/flow/slab_pool.h"

namespace weir {

/// An origin whose records have left the batch that it entered with: its place in the order, the
/// worst outcome so far, and how many batches and slots still hold records of it. Who lets go last
/// books the outcome, so each origin is booked once.
class Ticket {
 public:
  /// Held once. Null if the pool has no room.
  static Ticket* make(SlabPool& pool, Lane lane, Place place) {
    Piece piece;
    if (!pool.take(sizeof(Ticket), lane, piece)) return nullptr;
    return new (piece.data) Ticket(pool, piece, place);
  }

  const Place place;
  bool counted = true;  ///< Not: a record that a stage made by itself, which is no origin's.

  void hold() { holders_.fetch_add(1, std::memory_order_relaxed); }
  void mark(RootMark mark) {
    RootMark current = mark_.load(std::memory_order_relaxed);
    while (outweighs(mark, current) && !mark_.compare_exchange_weak(current, mark)) {
    }
  }
  /// Whether this was the last holder; then `take_mark` once.
  bool let_go() { return holders_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  /// The outcome, and the end of the ticket: whose memory is then to be given back.
  struct Remains {
    RootMark mark;
    SlabPool* pool;
    Piece piece;
  };
  Remains take_mark() {
    const Remains remains{mark_.load(std::memory_order_relaxed), pool_, piece_};
    this->~Ticket();
    return remains;
  }

 private:
  Ticket(SlabPool& pool, Piece piece, Place place_) : place(place_), pool_(&pool), piece_(piece) {}
  ~Ticket() = default;

  std::atomic<std::uint32_t> holders_{1};
  std::atomic<RootMark> mark_{kUnmarked};
  SlabPool* pool_;
  Piece piece_;
};

}  // namespace weir
