#include "stages/file/file_buffers.h"

#include <utility>

namespace weir::stages::file {
namespace {

constexpr std::size_t kFewest = 128;
/// The slots for each key. Most keys are found in the first slot that they may have; a second one
/// costs more than the room, since nothing foresees it.
constexpr std::size_t kSlots = 8;

}  // namespace

std::uint32_t FileBuffers::find(std::string_view key) const {
  if (slots_.empty()) return kNone;
  const std::uint64_t hash = weir::detail::TextHash()(key);
  for (std::size_t at = first_of(hash); slots_[at].used(); at = next(at)) {
    const Slot& slot = slots_[at];
    if (slot.tag == tag_of(hash) && buffers_[slot.number].key == key) return slot.number;
  }
  return kNone;
}

std::uint32_t FileBuffers::add(std::string_view key) {
  if (kSlots * (buffers_.size() + 1) > slots_.size()) grow();
  buffers_.emplace_back().key = key;
  insert(size() - 1);
  return size() - 1;
}

void FileBuffers::grow() {
  slots_ = std::vector<Slot>(slots_.empty() ? kFewest : 2 * slots_.size());
  for (std::uint32_t number = 0; number < size(); ++number) insert(number);
}

void FileBuffers::insert(std::uint32_t number) {
  const std::uint64_t hash = weir::detail::TextHash()(buffers_[number].key);
  std::size_t at = first_of(hash);
  while (slots_[at].used()) at = next(at);
  slots_[at].number = number;
  slots_[at].tag = tag_of(hash);
}

std::size_t FileBuffers::fitting(std::size_t count) const {
  std::size_t size = FileBuffer::kLargest;
  while (size > kSmallest && count * size > memory_) size /= 2;
  return size;
}

void FileBuffers::resize_blocks(std::size_t size) {
  for (FileBuffer& buffer : buffers_) {
    buffer.block.reset();
    buffer.forget();
  }
  spare_.clear();
  block_size_ = size;
}

void FileBuffers::fill(std::uint32_t number) {
  FileBuffer& buffer = buffers_[number];
  if (!buffer.block && !spare_.empty()) {
    buffer.block = std::move(spare_.back());
    spare_.pop_back();
  } else if (!buffer.block) {
    buffer.block = std::make_unique_for_overwrite<char[]>(block_size_);
  }
  buffer.forget();
  buffer.sizes += block_size_;
  filled_.push_back(number);
}

void FileBuffers::release(std::uint32_t number) {
  FileBuffer& buffer = buffers_[number];
  if (buffer.block) spare_.push_back(std::move(buffer.block));
  buffer.forget();
}

std::vector<std::size_t> FileBuffers::sizes(std::uint32_t number) const {
  const FileBuffer& buffer = buffers_[number];
  std::vector<std::size_t> all;
  for (const char* at = buffer.sizes; at < buffer.block.get() + block_size_;
       at += sizeof(FileBuffer::Size)) {
    FileBuffer::Size size = 0;
    std::memcpy(&size, at, sizeof(size));
    all.push_back(size);
  }
  return all;
}

}  // namespace weir::stages::file
