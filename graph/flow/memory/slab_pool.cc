#include "graph/flow/memory/slab_pool.h"

#include <bit>
#include <cassert>
#include <cstring>
#include <utility>

#include "graph/flow/memory/poison.h"

namespace weir::flow {
namespace {

constexpr std::size_t kSmallest = 64;
constexpr std::size_t kAlign = 16;
constexpr std::size_t kSmallSlab = 16 * 1024;
constexpr std::size_t kLargeSlab = 64 * 1024;
constexpr std::size_t kLargestInSmallSlab = 2048;

constexpr std::size_t slab_size(std::size_t piece) {
  return piece <= kLargestInSmallSlab ? kSmallSlab : kLargeSlab;
}

/// Returns the step of a size: 0 for up to 64 bytes, then four steps to each power of two.
constexpr std::uint32_t step_of(std::size_t bytes) {
  if (bytes <= kSmallest) return 0;
  const std::size_t last = bytes - 1;
  const int shift = static_cast<int>(std::bit_width(last)) - 3;
  return static_cast<std::uint32_t>((shift - 4) * 4) +
         static_cast<std::uint32_t>((last >> shift) & 3) + 1;
}

constexpr std::size_t size_of_step(std::uint32_t step) {
  return (4 + step % 4) * (kSmallest / 4) << (step / 4);
}

/// Returns the piece sizes of the classes. Each step is made as large as possible with the same
/// number of pieces in a slab. Steps that get the same size share one class, the last of them.
template <std::size_t n>
constexpr std::array<std::uint32_t, n> class_sizes() {
  std::array<std::uint32_t, n> sizes{};
  for (std::uint32_t step = 0; step < n; ++step) {
    const std::size_t slab = slab_size(size_of_step(step));
    sizes[step] = static_cast<std::uint32_t>(slab / (slab / size_of_step(step)) / kAlign * kAlign);
  }
  return sizes;
}

template <std::size_t n>
constexpr std::array<std::uint8_t, n> classes_of_steps(const std::array<std::uint32_t, n>& sizes) {
  std::array<std::uint8_t, n> classes{};
  for (std::size_t step = n; step-- > 0;) {
    const bool same = step + 1 < n && sizes[step] == sizes[step + 1];
    classes[step] = same ? classes[step + 1] : static_cast<std::uint8_t>(step);
  }
  return classes;
}

constexpr std::size_t kSteps = step_of(SlabPool::kLargest) + 1;
constexpr auto kSizes = class_sizes<kSteps>();
constexpr auto kClassOf = classes_of_steps(kSizes);
static_assert(kSteps == 37 && kSizes[0] == kSmallest && kSizes[36] == SlabPool::kLargest);

}  // namespace

SlabPool::~SlabPool() {
  drop_empty();
  assert(held_ == 0);
}

bool SlabPool::take(std::size_t bytes, Lane lane, Piece& piece) {
  const Lock lock(mutex_);
  Slab* slab = bytes <= kLargest ? slab_with_room(kClassOf[step_of(bytes)]) : nullptr;
  if (!slab) {
    Block block;
    const bool of_its_own = bytes > kLargest || lane == Lane::reserve;
    if (!of_its_own || !take_block(bytes, lane, block)) return false;
    piece = {block.data, block.size, nullptr};
    return true;
  }
  const std::size_t size = kSizes[slab->size_class];
  char* at = slab->free;
  if (at) {
    WEIR_UNPOISON(at, size);
    std::memcpy(&slab->free, at, sizeof slab->free);
  } else {
    at = slab->block.data + slab->cut++ * size;
    WEIR_UNPOISON(at, size);
  }
  if (++slab->used == slab->count) {
    Slab*& head = classes_[slab->size_class].partial;
    head = slab->next;
    if (head) head->prev = nullptr;
  }
  piece = {at, size, slab};
  return true;
}

void SlabPool::give(const Piece& piece) {
  if (!piece.data) return;
  const Lock lock(mutex_);
  give_back(piece);
}

void SlabPool::give(std::span<const Piece> pieces) {
  if (pieces.empty()) return;
  const Lock lock(mutex_);
  for (const Piece& piece : pieces) give_back(piece);
}

void SlabPool::give_back(const Piece& piece) {
  Slab* slab = piece.slab;
  if (!slab) return give_block({piece.data, piece.size});
  std::memcpy(piece.data, &slab->free, sizeof slab->free);
  slab->free = piece.data;
  WEIR_POISON(piece.data, piece.size);
  if (slab->used-- == slab->count) {
    Slab*& head = classes_[slab->size_class].partial;
    slab->prev = nullptr;
    slab->next = head;
    if (head) head->prev = slab;
    head = slab;
  }
  if (slab->used == 0) retire(slab);
}

/// Returns a slab of the class with a free piece, which heads its list; null if there is no memory.
Slab* SlabPool::slab_with_room(std::uint32_t size_class) {
  SizeClass& slabs = classes_[size_class];
  if (slabs.partial) return slabs.partial;
  Slab* slab = std::exchange(slabs.empty, nullptr);
  if (!slab) slab = new_slab(size_class);
  slabs.partial = slab;
  return slab;
}

Slab* SlabPool::new_slab(std::uint32_t size_class) {
  if (!unused_) unused_ = &slabs_.emplace_back();
  Block block;
  if (!take_block(slab_size(kSizes[size_class]), Lane::normal, block)) return nullptr;
  WEIR_POISON(block.data, block.size);
  Slab* slab = std::exchange(unused_, unused_->next);
  *slab = Slab();
  slab->block = block;
  slab->count = static_cast<std::uint32_t>(block.size / kSizes[size_class]);
  slab->size_class = size_class;
  return slab;
}

/// Removes an empty slab from its list, and keeps it for its class or returns it to the memory
/// pool.
void SlabPool::retire(Slab* slab) {
  SizeClass& slabs = classes_[slab->size_class];
  (slab->prev ? slab->prev->next : slabs.partial) = slab->next;
  if (slab->next) slab->next->prev = slab->prev;
  slab->next = slab->prev = nullptr;
  if (!slabs.empty) {
    slabs.empty = slab;
    return;
  }
  WEIR_UNPOISON(slab->block.data, slab->block.size);
  give_block(slab->block);
  slab->next = std::exchange(unused_, slab);
}

void SlabPool::drop_empty() {
  for (SizeClass& slabs : classes_) {
    Slab* slab = std::exchange(slabs.empty, nullptr);
    if (!slab) continue;
    WEIR_UNPOISON(slab->block.data, slab->block.size);
    give_block(slab->block);
    slab->next = std::exchange(unused_, slab);
  }
}

bool SlabPool::take_block(std::size_t bytes, Lane lane, Block& block) {
  if (!pool_->take(bytes, lane, block)) {
    const std::uint64_t before = held_;
    drop_empty();
    if (held_ == before || !pool_->take(bytes, lane, block)) return false;
  }
  held_ += block.size;
  return true;
}

void SlabPool::give_block(const Block& block) {
  held_ -= block.size;
  pool_->give(block);
}

void SlabPool::release_empty() {
  const Lock lock(mutex_);
  drop_empty();
}

std::uint64_t SlabPool::held() const {
  const Lock lock(mutex_);
  return held_;
}

}  // namespace weir::flow
