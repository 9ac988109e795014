#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "graph/flow/slab_pool.h"
#include "weir/detail/arena.h"

namespace weir {

/// The bytes of one call: a bump arena over pieces of a slab pool, each twice as large as the one
/// before, up to 64 KiB. Throws detail::OutOfMemory when its lane has no more. For one thread at a
/// time; pieces may go back on another.
class CallArena final : public detail::Arena {
 public:
  explicit CallArena(SlabPool& pool) : pool_(&pool) {}
  ~CallArena() override { reset(); }
  CallArena(const CallArena&) = delete;
  CallArena& operator=(const CallArena&) = delete;

  /// Makes the first piece, taken with the first byte, just large enough for `bytes` in all.
  void first_size(std::size_t bytes) { first_size_ = bytes; }
  /// Begins with bytes that somebody else owns, and that outlive the arena; padding included.
  void begin_in(char* data, std::size_t size) {
    begin_ = cursor_ = data;
    end_ = data + size - kPadding;
    next_ = kFewest;
  }
  void set_lane(Lane lane) { lane_ = lane; }
  /// What the pieces hold.
  std::uint64_t capacity() const { return capacity_; }
  /// Gives every piece back and forgets the hint; the lane stays.
  void reset();
  /// Takes all that `other` holds, as it is; this one must hold nothing.
  void take_over(CallArena& other) noexcept;

 private:
  static constexpr std::size_t kFewest = 512;

  char* grow(std::size_t size) override;
  bool take_piece(std::size_t size, Piece& piece);

  SlabPool* pool_;
  Piece first_;  ///< Most calls need no other: no heap for those.
  std::vector<Piece> more_;
  std::uint64_t capacity_ = 0;
  std::size_t first_size_ = 0;
  std::size_t next_ = 0;  ///< What the next piece should hold, padding included.
  Lane lane_ = Lane::normal;
};

}  // namespace weir
