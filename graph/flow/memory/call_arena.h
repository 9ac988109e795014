#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "graph/flow/memory/slab_pool.h"
#include "weir/detail/arena.h"

namespace weir::flow {

/// A bump arena for the bytes of one call. Its pieces come from a slab pool, each twice as large as
/// the one before, up to 64 KiB. Throws detail::OutOfMemory when its lane has no room. For one
/// thread at a time; pieces may be returned on another.
class CallArena final : public detail::Arena {
 public:
  explicit CallArena(SlabPool& pool) : pool_(&pool) {}
  ~CallArena() override { reset(); }
  CallArena(const CallArena&) = delete;
  CallArena& operator=(const CallArena&) = delete;

  /// Sets the size of the first piece, so that it holds `bytes` bytes in all. The piece is taken at
  /// the first allocation.
  void first_size(std::size_t bytes) { first_size_ = bytes; }
  /// Starts with memory that somebody else owns and that outlives the arena. `size` includes the
  /// padding.
  void begin_in(char* data, std::size_t size) {
    begin_ = cursor_ = data;
    end_ = data + size - kPadding;
    next_ = kFewest;
  }
  void set_lane(Lane lane) { lane_ = lane; }
  /// Returns the capacity of all pieces, in bytes.
  std::uint64_t capacity() const { return capacity_; }
  /// Returns every piece to the pool and forgets `first_size`. Keeps the lane.
  void reset();
  /// Takes over all pieces of `other` and leaves it empty. This arena must hold none.
  void take_over(CallArena& other) noexcept;

 private:
  static constexpr std::size_t kFewest = 512;

  char* grow(std::size_t size) override;
  bool take_piece(std::size_t size, Piece& piece);

  SlabPool* pool_;
  Piece first_;  ///< Most calls need no other piece, and so no heap allocation.
  std::vector<Piece> more_;
  std::uint64_t capacity_ = 0;
  std::size_t first_size_ = 0;
  std::size_t next_ = 0;  ///< The size of the next piece, padding included.
  Lane lane_ = Lane::normal;
};

}  // namespace weir::flow
