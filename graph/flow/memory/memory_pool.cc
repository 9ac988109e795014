#include "graph/flow/memory/memory_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <utility>

#include "graph/flow/memory/check.h"
#include "graph/flow/memory/memory_fund.h"
#include "graph/flow/memory/poison.h"

namespace weir::flow {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPage = 4096;
constexpr std::size_t kSmall = 16 * 1024;
constexpr std::size_t kStep = 64 * 1024;
/// The number of small blocks that are mapped at a time, because a system call costs more than they
/// do.
constexpr std::size_t kSmallAtOnce = 16;
/// Larger blocks are rare and go straight back to the system.
constexpr std::size_t kLargestCached = 1024 * 1024;
/// After a refusal, the pool uses an eighth less for this long, so that threads and malloc find
/// room, too.
constexpr auto kModest = std::chrono::milliseconds(100);
constexpr std::uint64_t kModestPart = 8;

std::size_t up_to(std::size_t bytes, std::size_t step) { return (bytes + step - 1) / step * step; }

/// Returns null if the system refuses.
char* map(std::size_t size) {
  void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? nullptr : static_cast<char*>(at);
}

/// Unmaps memory. Where the system refuses, because it has no room for one more mapping, the pages
/// are released all the same.
void unmap(char* at, std::size_t size) {
  if (munmap(at, size) != 0) madvise(at, size, MADV_DONTNEED);
}

}  // namespace

MemoryPool::MemoryPool(std::uint64_t limit, std::uint64_t reserve)
    : limit_(limit), normal_limit_(limit > reserve ? limit - reserve : 0), granted_(normal_limit_) {
  const std::size_t wanted = up_to(std::min(limit, reserve), kPage);
  for (std::size_t size = wanted; size >= kStep && !ballast_; size /= 2) {
    ballast_size_ = size;
    if (!restore_ballast() || size == wanted) continue;
    // The other half is left for everything else.
    unmap(std::exchange(ballast_, nullptr), size);
    ballast_size_ = size / 2;
    restore_ballast();
  }
  if (!ballast_) ballast_size_ = 0;
}

MemoryPool::~MemoryPool() {
  drop_cached(cached_bytes_);
  if (ballast_) unmap(ballast_, ballast_size_);
}

std::size_t MemoryPool::rounded(std::size_t bytes, Lane lane) {
  if (lane == Lane::reserve) return up_to(bytes, kPage);
  if (bytes <= kSmall) return kSmall;
  return bytes <= kLargestCached ? up_to(bytes, kStep) : up_to(bytes, kPage);
}

bool MemoryPool::has_room(std::uint64_t size, Lane lane) {
  const std::uint64_t after = in_use() + size;
  if (lane == Lane::reserve) return after <= limit_;
  if (granted_ < normal_limit_ && Clock::now() >= ask_again_) granted_ = normal_limit_;
  return after <= granted_;
}

bool MemoryPool::hold(std::uint64_t bytes) {
  for (const bool again : {false, true}) {
    if (again && reclaim_) reclaim_();
    const Lock lock(mutex_);
    if (bytes > limit_ || !has_room(bytes, Lane::normal)) continue;
    const std::uint64_t after = in_use() + cached_bytes_ + bytes;
    if (after > limit_) drop_cached(after - limit_);
    held_.fetch_add(bytes);
    peak_ = std::max(peak_, in_use());
    return true;
  }
  return false;
}

void MemoryPool::release(std::uint64_t bytes) {
  const Lock lock(mutex_);
  WEIR_CHECK(held_.load() >= bytes);
  held_.fetch_sub(bytes);
}

bool MemoryPool::take(std::size_t bytes, Lane lane, Block& block) {
  const std::size_t size = rounded(bytes, lane);
  const Lock lock(mutex_);
  if (!has_room(size, lane)) return false;
  char* at = cached(size);
  if (!at) at = obtain(size, lane);
  if (!at) return false;
  block = {at, size};
  used_ += size;
  peak_ = std::max(peak_, in_use());
  WEIR_CHECK(in_use() + cached_bytes_ <= limit_);
  return true;
}

/// Returns a cached block of this size, or null.
char* MemoryPool::cached(std::size_t size) {
  const auto shelf = cached_.find(size);
  if (shelf == cached_.end() || shelf->second.empty()) return nullptr;
  char* const at = shelf->second.back();
  shelf->second.pop_back();
  cached_bytes_ -= size;
  WEIR_UNPOISON(at, size);
  return at;
}

/// Returns a block from the system, or null if it refuses.
char* MemoryPool::obtain(std::size_t size, Lane lane) {
  const std::uint64_t after = in_use() + cached_bytes_ + size;
  if (after > limit_) drop_cached(after - limit_);
  const bool normal = lane == Lane::normal;
  for (const bool again : {false, true}) {
    if (again) refused();
    if (normal && !restore_ballast()) continue;
    char* const at = size == kSmall ? map_small() : map(size);
    if (!at) continue;
    if (again) granted_ = normal_limit_;  // Dropping the cached blocks was enough.
    return at;
  }
  if (normal) return nullptr;
  if (ballast_) unmap(std::exchange(ballast_, nullptr), ballast_size_);
  char* const at = map(size);
  if (!at) note_memory_refusal();
  return at;
}

/// Returns the cached blocks to the system, and keeps the pool below its present use for a while.
void MemoryPool::refused() {
  drop_cached(cached_bytes_);
  granted_ = std::min(granted_, in_use() - in_use() / kModestPart);
  ask_again_ = Clock::now() + kModest;
}

/// Returns false if the system has no room for what the reserve may need, and so for nothing else.
bool MemoryPool::restore_ballast() {
  if (!ballast_ && ballast_size_ > 0) ballast_ = map(ballast_size_);
  return ballast_ || ballast_size_ == 0;
}

bool MemoryPool::take_or_reclaim(std::size_t bytes, Lane lane, Block& block) {
  if (take(bytes, lane, block)) return true;
  if (!reclaim_) return false;
  reclaim_();
  return take(bytes, lane, block);
}

void MemoryPool::give(Block block) {
  if (!block.data) return;
  const Lock lock(mutex_);
  WEIR_CHECK(used_ >= block.size);
  used_ -= block.size;
  if (block.size > kLargestCached || !shelve(block.size, block.data)) unmap(block.data, block.size);
}

/// Caches a block for a later `take`. Returns false if there is no memory even for that.
bool MemoryPool::shelve(std::size_t size, char* at) {
  try {
    cached_[size].push_back(at);
  } catch (const std::bad_alloc&) {
    return false;
  }
  WEIR_POISON(at, size);
  cached_bytes_ += size;
  return true;
}

/// Returns a small block. Maps several at once and caches the others, as far as the limit allows.
char* MemoryPool::map_small() {
  const std::uint64_t room = limit_ - in_use() - cached_bytes_;
  const std::size_t count = std::min<std::uint64_t>(kSmallAtOnce, room / kSmall);
  char* const blocks = map(count * kSmall);
  if (!blocks) return map(kSmall);
  for (std::size_t i = count - 1; i > 0; --i) {
    char* const more = blocks + i * kSmall;
    if (!shelve(kSmall, more)) unmap(more, kSmall);
  }
  return blocks;
}

void MemoryPool::drop_cached(std::uint64_t bytes) {
  std::uint64_t dropped = 0;
  for (auto shelf = cached_.rbegin(); shelf != cached_.rend() && dropped < bytes; ++shelf) {
    while (!shelf->second.empty() && dropped < bytes) {
      WEIR_UNPOISON(shelf->second.back(), shelf->first);
      unmap(shelf->second.back(), shelf->first);
      shelf->second.pop_back();
      dropped += shelf->first;
    }
  }
  cached_bytes_ -= dropped;
}

std::uint64_t MemoryPool::taken() const {
  const Lock lock(mutex_);
  return used_;
}

std::uint64_t MemoryPool::used() const {
  const Lock lock(mutex_);
  return in_use();
}

std::uint64_t MemoryPool::peak() const {
  const Lock lock(mutex_);
  return peak_;
}

}  // namespace weir::flow
