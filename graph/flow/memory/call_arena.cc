#include "graph/flow/memory/call_arena.h"

#include <algorithm>
#include <utility>

namespace weir::flow {
namespace {

constexpr std::size_t kMost = 64 * 1024;

}  // namespace

void CallArena::reset() {
  pool_->give(std::exchange(first_, Piece{}));
  for (const Piece& piece : more_) pool_->give(piece);
  more_.clear();
  capacity_ = 0;
  first_size_ = next_ = 0;
  begin_ = cursor_ = end_ = nullptr;
}

void CallArena::take_over(CallArena& other) noexcept {
  first_ = std::exchange(other.first_, Piece{});
  more_ = std::exchange(other.more_, {});
  capacity_ = std::exchange(other.capacity_, 0);
  other.reset();
}

bool CallArena::take_piece(std::size_t size, Piece& piece) {
  // The entry comes first: a piece without an entry would leak.
  const bool first = first_.data == nullptr;
  if (!first) more_.emplace_back();
  if (!pool_->take(size, lane_, piece)) {
    if (!first) more_.pop_back();
    return false;
  }
  (first ? first_ : more_.back()) = piece;
  capacity_ += piece.size;
  return true;
}

char* CallArena::grow(std::size_t size) {
  const std::size_t least = size + kPadding;
  Piece piece;
  if (next_ == 0 && first_size_ > 0) {
    next_ = first_size_ + kPadding;
  } else if (size >= kOwnBlock) {
    // The rest of the current piece stays in use.
    if (!take_piece(least, piece)) refuse_memory();
    return piece.data;
  }
  const std::size_t want = std::max({least, next_, next_ == 0 ? kFewest : 0});
  if (!take_piece(want, piece) && (want == least || !take_piece(least, piece))) refuse_memory();
  next_ = std::min(kMost, std::max(kFewest, 2 * piece.size));
  begin_ = piece.data;
  cursor_ = piece.data + size;
  end_ = piece.data + piece.size - kPadding;
  return piece.data;
}

}  // namespace weir::flow
