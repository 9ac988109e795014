#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "graph/flow/memory/memory_pool.h"
#include "weir/detail/arena.h"
#include "weir/detail/output.h"

namespace weir::flow {

/// The arena of one batch, in blocks of the memory pool. Not thread-safe.
class PooledArena final : public detail::Arena {
 public:
  PooledArena(MemoryPool& pool, Lane lane) : pool_(&pool), lane_(lane) {}
  ~PooledArena() override { reset(); }
  PooledArena(const PooledArena&) = delete;
  PooledArena& operator=(const PooledArena&) = delete;

  /// Returns every block to the pool.
  void reset();
  void set_lane(Lane lane) { lane_ = lane; }
  /// Allows allocations to fall back on the reserve, or forbids it. `dipped` tells whether one has
  /// used it since.
  void allow_reserve(bool allowed) {
    reserve_allowed_ = allowed;
    dipped_ = false;
  }
  bool dipped() const { return dipped_; }
  std::uint64_t capacity() const { return capacity_; }

 private:
  char* grow(std::size_t size) override;
  Block take_block(std::size_t size);

  MemoryPool* pool_;
  std::vector<Block> blocks_;
  std::uint64_t capacity_ = 0;
  Lane lane_;
  bool reserve_allowed_ = false;
  bool dipped_ = false;
};

/// An array of plain values in one block of the pool. Throws detail::OutOfMemory when it cannot
/// grow.
template <class T>
class PooledArray {
 public:
  explicit PooledArray(MemoryPool& pool) : pool_(&pool) {}
  ~PooledArray() { release(); }
  PooledArray(const PooledArray&) = delete;
  PooledArray& operator=(const PooledArray&) = delete;

  T* data() { return reinterpret_cast<T*>(block_.data); }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return reinterpret_cast<const T*>(block_.data)[i]; }
  std::uint32_t size() const { return size_; }
  std::uint64_t capacity_bytes() const { return block_.size; }

  void push(T value, Lane lane) {
    if ((size_ + 1) * sizeof(T) > block_.size) grow(lane);
    data()[size_++] = value;
  }
  void fill(T value, std::uint32_t count, Lane lane) {
    while ((size_ + count) * sizeof(T) > block_.size) grow(lane);
    std::fill_n(data() + size_, count, value);
    size_ += count;
  }
  /// Keeps at most `size` values. An array that has fewer stays as it is.
  void truncate(std::uint32_t size) { size_ = std::min(size_, size); }
  void clear() { size_ = 0; }
  void release() {
    pool_->give(std::exchange(block_, Block{}));
    size_ = 0;
  }

 private:
  void grow(Lane lane) {
    Block bigger;
    if (!pool_->take_or_reclaim(block_.size + block_.size / 2 + sizeof(T), lane, bigger)) {
      throw detail::OutOfMemory{};
    }
    if (size_ > 0) std::memcpy(bigger.data, block_.data, size_ * sizeof(T));
    pool_->give(std::exchange(block_, bigger));
  }

  MemoryPool* pool_;
  Block block_;
  std::uint32_t size_ = 0;
};

/// The records of one batch, or the output of a stage. As an output it stays closed while the stage
/// only changes or drops records, which is done in place. The first emitted record opens it, after
/// the records that had already gone on were copied into it.
class RecordArray final : public detail::Output {
 public:
  RecordArray(MemoryPool& pool, Lane lane) : pool_(&pool), lane_(lane) {}
  ~RecordArray() override { release(); }
  RecordArray(const RecordArray&) = delete;
  RecordArray& operator=(const RecordArray&) = delete;

  /// Sets the records of the batch, the first `*count` of which have gone on when this array opens.
  void seed(const RecordArray* before, const std::uint32_t* count) {
    before_ = before;
    before_count_ = count;
  }
  /// Sets the arena that the stage works in. It refuses memory for what the stage emits, and
  /// remembers that.
  void refuse_by(detail::Arena& arena) { arena_ = &arena; }
  void set_lane(Lane lane) { lane_ = lane; }
  void allow_reserve(bool allowed) {
    reserve_allowed_ = allowed;
    dipped_ = false;
  }
  bool dipped() const { return dipped_; }
  std::span<detail::RecordData> all() { return {data_, size_}; }
  bool open() const { return capacity_ > 0; }
  void truncate(std::uint32_t size) { size_ = size; }
  /// Returns the number of records that fit behind the present ones, at least one; `add` then
  /// counts those that were written there.
  std::uint32_t room() {
    ensure_room();
    return capacity_ - size_;
  }
  void add(std::uint32_t records) { size_ += records; }
  /// Makes the first block large enough for `records`, if there is memory for that, because growing
  /// copies.
  void reserve(std::uint32_t records) {
    if (capacity_ == 0 && records > 0) hint_ = records;
  }
  /// Makes room for one more record, so that the next push cannot fail.
  void ensure_room() {
    if (size_ == capacity_) grow();
  }
  void release() {
    pool_->give(std::exchange(block_, Block{}));
    data_ = nullptr;
    size_ = capacity_ = hint_ = 0;
  }
  void swap(RecordArray& other) {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  std::uint64_t capacity_bytes() const { return block_.size; }

 private:
  void grow() override;

  MemoryPool* pool_;
  Block block_;
  detail::Arena* arena_ = nullptr;
  const RecordArray* before_ = nullptr;
  const std::uint32_t* before_count_ = nullptr;
  std::uint32_t hint_ = 0;
  Lane lane_;
  bool reserve_allowed_ = false;
  bool dipped_ = false;
};

/// The memory that a stage works in: the arena of the batch, its records, and room for its output.
struct Workspace {
  Workspace(MemoryPool& pool, Lane lane_)
      : arena(pool, lane_), records(pool, lane_), spare(pool, lane_), lane(lane_) {
    spare.refuse_by(arena);
  }
  void set_lane(Lane to) {
    lane = to;
    arena.set_lane(to);
    records.set_lane(to);
    spare.set_lane(to);
  }
  void reset() {
    arena.reset();
    records.release();
    spare.release();
  }
  std::uint64_t capacity() const {
    return arena.capacity() + records.capacity_bytes() + spare.capacity_bytes();
  }

  PooledArena arena;
  RecordArray records;
  RecordArray spare;
  Lane lane;
  detail::Extra last_resort;  ///< The error of a record for whose error there was no memory.
};

}  // namespace weir::flow
