#include "graph/flow/memory/workspace.h"

namespace weir::flow {
namespace {

/// The sizes of blocks for small allocations. The first is small, so that a batch of one record
/// stays cheap.
constexpr std::size_t kFirstBlock = 16 * 1024;
constexpr std::size_t kBlock = 64 * 1024;
constexpr std::size_t kLateBlock = 256 * 1024;

}  // namespace

void PooledArena::reset() {
  for (Block& block : blocks_) pool_->give(block);
  blocks_.clear();
  capacity_ = 0;
  begin_ = cursor_ = end_ = nullptr;
}

Block PooledArena::take_block(std::size_t size) {
  Block block;
  if (!pool_->take_or_reclaim(size, lane_, block)) {
    if (!reserve_allowed_ || !pool_->take_or_reclaim(size, Lane::reserve, block)) refuse_memory();
    dipped_ = true;
  }
  blocks_.push_back(block);
  capacity_ += block.size;
  return block;
}

char* PooledArena::grow(std::size_t size) {
  if (size >= kOwnBlock) return take_block(size + kPadding).data;
  std::size_t want = lane_ == Lane::reserve || capacity_ >= kLateBlock ? kLateBlock
                     : capacity_ >= kFirstBlock                        ? kBlock
                                                                       : kFirstBlock;
  if (want < size + kPadding) want = kBlock;
  const Block block = take_block(want);
  begin_ = block.data;
  cursor_ = block.data + size;
  end_ = block.data + block.size - kPadding;
  return block.data;
}

void RecordArray::grow() {
  const std::uint32_t seeded = capacity_ == 0 && before_ ? *before_count_ : 0;
  const std::uint32_t base = capacity_ == 0 ? seeded : capacity_;
  // Large arrays grow by a quarter, so that old and new together stay inside what
  // detail::kRecordCharge accounts for each record.
  std::size_t bytes = base * sizeof(detail::RecordData);
  bytes += bytes < 128 * 1024 ? bytes + 16 * sizeof(detail::RecordData) : bytes / 4;
  const std::size_t hinted = std::exchange(hint_, 0) * sizeof(detail::RecordData);
  Block bigger;
  if ((hinted <= bytes || !pool_->take_or_reclaim(hinted, lane_, bigger)) &&
      !pool_->take_or_reclaim(bytes, lane_, bigger)) {
    if (!reserve_allowed_ || !pool_->take_or_reclaim(bytes, Lane::reserve, bigger)) {
      if (arena_) arena_->refuse_memory();
      throw detail::OutOfMemory{};
    }
    dipped_ = true;
  }
  auto* data = reinterpret_cast<detail::RecordData*>(bigger.data);
  if (seeded > 0) std::memcpy(data, before_->data(), seeded * sizeof(detail::RecordData));
  if (size_ > 0) std::memcpy(data, data_, size_ * sizeof(detail::RecordData));
  if (capacity_ == 0) size_ = seeded;
  pool_->give(std::exchange(block_, bigger));
  data_ = data;
  capacity_ = static_cast<std::uint32_t>(bigger.size / sizeof(detail::RecordData));
}

}  // namespace weir::flow
