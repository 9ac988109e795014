#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::detail {

/// Thrown when the memory ledger cannot give more now. The engine catches it and finishes the
/// record later, when it is the oldest; nobody else may catch it (it derives from nothing).
struct OutOfMemory {};

/// Thrown when one record would pass `limits.record` in one stage; becomes its error `too_big`.
struct RecordTooBig {};

/// A bump allocator for the bytes of one batch. Nothing is freed singly. Every allocation is
/// followed by at least kPadding readable bytes, so that SIMD parsers may read past a text's end.
///
/// `budget` is what the record now in a stage may still take (`limits.record`). It is charged by
/// what the record asks for, never by how blocks happen to be cut, so that `too_big` depends on
/// the record alone.
class Arena {
 public:
  static constexpr std::size_t kPadding = 64;
  /// From this size on an allocation gets a block of its own, in whole pages; smaller ones are
  /// charged a seventh more, for what is left over at the ends of blocks of 256 KiB.
  static constexpr std::size_t kOwnBlock = 32 * 1024;
  static constexpr std::size_t kPage = 4096;

  virtual ~Arena() = default;

  /// `size` bytes, aligned to 8, charged to the current record. Throws OutOfMemory or RecordTooBig.
  char* allocate(std::size_t size) {
    charge(size < kOwnBlock ? size + size / 7 : (size + kPadding + kPage - 1) / kPage * kPage);
    return take(size);
  }

  /// The same, uncharged: read buffers and tables that belong to the whole batch.
  char* take(std::size_t size) {
    size = (size + 7) & ~std::size_t{7};
    if (size <= static_cast<std::size_t>(end_ - cursor_)) {
      char* at = cursor_;
      cursor_ += size;
      return at;
    }
    return grow(size);
  }

  std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* at = allocate(bytes.size());
    copy_bytes(at, bytes.data(), bytes.size());
    return {at, bytes.size()};
  }

  /// Gives back the tail of the newest allocation: `at` is the first byte not needed.
  void trim(char* at) {
    const auto aligned =
        reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(at) + 7) & ~std::uintptr_t{7});
    if (aligned < cursor_ && aligned >= begin_) cursor_ = aligned;
  }

  /// The same, uncharged.
  std::string_view keep(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* at = take(bytes.size());
    std::memcpy(at, bytes.data(), bytes.size());
    return {at, bytes.size()};
  }

  /// memcpy, inline for the short texts that most fields are.
  static void copy_bytes(char* to, const char* from, std::size_t size) {
    if (size > 16) {
      std::memcpy(to, from, size);
    } else if (size >= 8) {
      copy_ends<8>(to, from, size);
    } else if (size >= 4) {
      copy_ends<4>(to, from, size);
    } else {
      for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
    }
  }

  void charge(std::size_t bytes) {
    if (bytes > budget_) throw RecordTooBig{};
    budget_ -= bytes;
  }
  void set_budget(std::size_t bytes) { budget_ = bytes; }
  std::size_t budget() const { return budget_; }

 protected:
  /// The first and the last `n` of `size` bytes, which may overlap.
  template <std::size_t n>
  static void copy_ends(char* to, const char* from, std::size_t size) {
    char first[n];
    char last[n];
    std::memcpy(first, from, n);
    std::memcpy(last, from + size - n, n);
    std::memcpy(to, first, n);
    std::memcpy(to + size - n, last, n);
  }

  /// Called when the current block is too small: makes room and returns `size` bytes.
  virtual char* grow(std::size_t size) = 0;

  char* begin_ = nullptr;  ///< Of the current block.
  char* cursor_ = nullptr;
  char* end_ = nullptr;
  std::size_t budget_ = 0;
};

}  // namespace weir::detail
