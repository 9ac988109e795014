#include "graph/flow/memory_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <new>

#include "graph/flow/poison.h"

namespace weir {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kSmall = 16 * 1024;
constexpr std::size_t kStep = 64 * 1024;
/// Small blocks are mapped so many at a time: a system call costs more than they do.
constexpr std::size_t kSmallAtOnce = 16;
/// Larger blocks are rare and go straight back to the system.
constexpr std::size_t kLargestCached = 1024 * 1024;

std::size_t up_to(std::size_t bytes, std::size_t step) { return (bytes + step - 1) / step * step; }

}  // namespace

MemoryPool::MemoryPool(std::uint64_t limit, std::uint64_t reserve)
    : limit_(limit), normal_limit_(limit > reserve ? limit - reserve : 0) {}

MemoryPool::~MemoryPool() { drop_cached(cached_bytes_); }

std::size_t MemoryPool::rounded(std::size_t bytes, Lane lane) {
  if (lane == Lane::reserve) return up_to(bytes, kPage);
  if (bytes <= kSmall) return kSmall;
  return bytes <= kLargestCached ? up_to(bytes, kStep) : up_to(bytes, kPage);
}

bool MemoryPool::take(std::size_t bytes, Lane lane, Block& block) {
  const std::size_t size = rounded(bytes, lane);
  const std::lock_guard lock(mutex_);
  if (used_ + size > (lane == Lane::normal ? normal_limit_ : limit_)) return false;
  block.size = size;
  const auto shelf = cached_.find(size);
  if (shelf != cached_.end() && !shelf->second.empty()) {
    block.data = shelf->second.back();
    shelf->second.pop_back();
    cached_bytes_ -= size;
    WEIR_UNPOISON(block.data, size);
  } else {
    if (used_ + cached_bytes_ + size > limit_) {
      drop_cached(used_ + cached_bytes_ + size - limit_);
    }
    block.data = size == kSmall ? map_small() : map(size);
  }
  used_ += size;
  if (used_ > peak_) peak_ = used_;
  assert(used_ + cached_bytes_ <= limit_);
  return true;
}

bool MemoryPool::take_or_reclaim(std::size_t bytes, Lane lane, Block& block) {
  if (take(bytes, lane, block)) return true;
  if (!reclaim_) return false;
  reclaim_();
  return take(bytes, lane, block);
}

void MemoryPool::give(Block block) {
  if (!block.data) return;
  const std::lock_guard lock(mutex_);
  assert(used_ >= block.size);
  used_ -= block.size;
  if (block.size > kLargestCached) {
    munmap(block.data, block.size);
    return;
  }
  WEIR_POISON(block.data, block.size);
  cached_[block.size].push_back(block.data);
  cached_bytes_ += block.size;
}

/// A small block; others that come with it are cached, as far as the limit goes.
char* MemoryPool::map_small() {
  const std::uint64_t room = limit_ - used_ - cached_bytes_;
  const std::size_t count = std::min<std::uint64_t>(kSmallAtOnce, room / kSmall);
  char* const blocks = map(count * kSmall);
  for (std::size_t i = count - 1; i > 0; --i) {
    char* const more = blocks + i * kSmall;
    WEIR_POISON(more, kSmall);
    cached_[kSmall].push_back(more);
  }
  cached_bytes_ += (count - 1) * kSmall;
  return blocks;
}

char* MemoryPool::map(std::size_t size) {
  void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  return static_cast<char*>(at);
}

void MemoryPool::drop_cached(std::uint64_t bytes) {
  std::uint64_t dropped = 0;
  for (auto shelf = cached_.rbegin(); shelf != cached_.rend() && dropped < bytes; ++shelf) {
    while (!shelf->second.empty() && dropped < bytes) {
      WEIR_UNPOISON(shelf->second.back(), shelf->first);
      munmap(shelf->second.back(), shelf->first);
      shelf->second.pop_back();
      dropped += shelf->first;
    }
  }
  cached_bytes_ -= dropped;
}

std::uint64_t MemoryPool::used() const {
  const std::lock_guard lock(mutex_);
  return used_;
}

std::uint64_t MemoryPool::peak() const {
  const std::lock_guard lock(mutex_);
  return peak_;
}

}  // namespace weir
