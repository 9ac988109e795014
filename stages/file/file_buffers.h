#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/file/short_bytes.h"
#include "weir/detail/text_hash.h"

namespace weir::stages::file {

/// Records that are gathered for one of many files: their bytes from the front of a block, their
/// sizes from its end. All that a record needs is in one cache line, since the next record is for
/// another file.
struct alignas(64) FileBuffer {
  using Size = std::uint16_t;
  /// Of any block. The size of a record that fits is smaller.
  static constexpr std::size_t kLargest = std::size_t{64} * 1024;

  std::string key;
  std::unique_ptr<char[]> block;
  /// The end of the bytes, and the newest size. They are equal while `add` is to add nothing.
  char* bytes_end = nullptr;
  char* sizes = nullptr;
  std::uint64_t used = 0;  ///< When a record last came for the file.

  std::string_view bytes() const {
    return {block.get(), static_cast<std::size_t>(bytes_end - block.get())};
  }
  /// Adds a record. Returns false if there is no room.
  bool add(std::string_view text, std::string_view delimiter) {
    const std::size_t size = text.size() + delimiter.size();
    if (static_cast<std::size_t>(sizes - bytes_end) <= size + sizeof(Size)) return false;
    char* const text_end = copy_bytes(text, bytes_end);
    if (delimiter.size() == 1) {
      *text_end = delimiter.front();
      bytes_end = text_end + 1;
    } else {
      bytes_end = copy_bytes(delimiter, text_end);
    }
    sizes -= sizeof(Size);
    const auto kept = static_cast<Size>(size);
    std::memcpy(sizes, &kept, sizeof(Size));
    return true;
  }
  /// Fetches into the cache where the next record goes: it mostly ends in a line that was not
  /// written to yet.
  // It would be taken for a function without effects if it were not always inline.
  [[gnu::always_inline]] void fetch() const {
    const auto at = reinterpret_cast<std::uintptr_t>(bytes_end);
    __builtin_prefetch(reinterpret_cast<const void*>(at), 1);
    __builtin_prefetch(reinterpret_cast<const void*>(at + alignof(FileBuffer)), 1);
  }
  void forget() { bytes_end = sizes = block.get(); }
};

/// The buffers of many files, which are numbered from 0 as they come, and found by their keys in a
/// hash table with open addressing.
class FileBuffers {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;
  /// How many there may be.
  static constexpr std::size_t kMost = 10'000'000;
  /// Of any block.
  static constexpr std::size_t kSmallest = 512;

  /// `memory` is how many bytes all blocks may have.
  void bound(std::size_t memory) { memory_ = memory; }

  /// Returns the number of a key; kNone if there is none.
  std::uint32_t find(std::string_view key) const;
  /// Returns the number of a key with much the same hash, most likely the same key, without a look
  /// at its bytes, which are in no near cache; kNone if there is none.
  std::uint32_t guess(std::string_view key) const {
    if (slots_.empty()) return kNone;
    const std::uint64_t hash = weir::detail::TextHash()(key);
    std::size_t at = first_of(hash);
    while (slots_[at].used() && slots_[at].tag != tag_of(hash)) at = next(at);
    return slots_[at].used() ? slots_[at].number : kNone;
  }
  /// Adds a key that is none of those that there are.
  std::uint32_t add(std::string_view key);
  std::uint32_t size() const { return static_cast<std::uint32_t>(buffers_.size()); }
  FileBuffer& operator[](std::size_t number) { return buffers_[number]; }
  const FileBuffer& operator[](std::size_t number) const { return buffers_[number]; }

  /// Returns the size of blocks of which so many stay inside the memory.
  std::size_t fitting(std::size_t count) const;
  std::size_t block_size() const { return block_size_; }
  /// Changes the size of blocks. All buffers must be empty.
  void resize_blocks(std::size_t size);
  /// Makes the block of an empty buffer, and notes that it has something.
  void fill(std::uint32_t number);
  /// Takes the block of an empty buffer away.
  void release(std::uint32_t number);
  /// The sizes of what a buffer holds, the newest first.
  std::vector<std::size_t> sizes(std::uint32_t number) const;
  /// Returns the buffers that may hold something, some of them more than once, and forgets them.
  std::vector<std::uint32_t> take_filled() { return std::exchange(filled_, {}); }

 private:
  /// A number, and a part of its key's hash. They are small so that those of a thousand files find
  /// room in the nearest cache.
  struct Slot {
    std::uint32_t number : 24 = kUnused;
    std::uint32_t tag : 8 = 0;

    bool used() const { return number != kUnused; }
  };
  static constexpr std::uint32_t kUnused = (1u << 24) - 1;
  static_assert(kMost < kUnused);

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 56); }
  std::size_t first_of(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  void grow();
  void insert(std::uint32_t number);

  std::vector<Slot> slots_;  ///< A power of two of them, at most an eighth in use.
  std::vector<FileBuffer> buffers_;
  std::vector<std::uint32_t> filled_;
  std::vector<std::unique_ptr<char[]>> spare_;
  std::size_t memory_ = 0;
  std::size_t block_size_ = 0;
};

}  // namespace weir::stages::file
