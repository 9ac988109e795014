#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::detail {

/// Thrown when the memory ledger cannot give more now. The engine catches it and repeats the work
/// on the record when the record is the oldest. A stage that swallows it gains nothing: the arena
/// remembers the refusal and throws again at the end of the call.
struct OutOfMemory {};

/// Thrown when one record would exceed `limits.record` in one stage; becomes its error `too_big`.
struct RecordTooBig {};

/// The reason for which an arena has refused an allocation in the current call; memory takes
/// precedence over size.
enum class Refusal : std::uint8_t { none, size, memory };

/// A bump allocator for the bytes of one batch. It frees no allocation singly. Every allocation is
/// followed by at least kPadding readable bytes, so that SIMD parsers may read past a text's end.
///
/// `budget` is the number of bytes that the record now in a stage may still take (`limits.record`).
/// It is charged with the sizes asked for, never with the sizes of blocks, so that `too_big`
/// depends on the record alone.
class Arena {
 public:
  static constexpr std::size_t kPadding = 64;
  /// An allocation of this size or more gets a block of its own, in whole pages. A smaller one is
  /// charged a seventh more, for the unused ends of blocks of 256 KiB.
  static constexpr std::size_t kOwnBlock = 32 * 1024;
  static constexpr std::size_t kPage = 4096;

  virtual ~Arena() = default;

  /// Returns `size` bytes, aligned to 8, and charges them to the current record. Throws OutOfMemory
  /// or RecordTooBig.
  char* allocate(std::size_t size) {
    charge(size < kOwnBlock ? size + size / 7 : (size + kPadding + kPage - 1) / kPage * kPage);
    return take(size);
  }

  /// Returns `size` bytes uncharged, for read buffers and tables that belong to the whole batch.
  /// Throws OutOfMemory.
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

  /// Returns a copy of `bytes`, as `copy` does, but uncharged.
  std::string_view keep(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* at = take(bytes.size());
    std::memcpy(at, bytes.data(), bytes.size());
    return {at, bytes.size()};
  }

  /// Copies as memcpy does, inline for short texts, as most fields are.
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
    if (bytes > budget_) refuse_size();
    budget_ -= bytes;
  }
  void set_budget(std::size_t bytes) { budget_ = bytes; }
  std::size_t budget() const { return budget_; }

  // These three frame a call, since the stage may catch what is thrown at it and go on as if
  // nothing had happened.

  void begin_call(std::size_t budget) {
    budget_ = budget;
    refusal_ = Refusal::none;
  }
  Refusal refusal() const { return refusal_; }
  /// Throws again what the call was refused, if anything.
  void end_call() const {
    if (refusal_ != Refusal::none) throw_again();
  }
  /// Notes that memory is short, and throws OutOfMemory.
  [[noreturn]] void refuse_memory() {
    refusal_ = Refusal::memory;
    throw OutOfMemory{};
  }

 protected:
  /// Copies the first and the last `n` of `size` bytes, which may overlap.
  template <std::size_t n>
  static void copy_ends(char* to, const char* from, std::size_t size) {
    char first[n];
    char last[n];
    std::memcpy(first, from, n);
    std::memcpy(last, from + size - n, n);
    std::memcpy(to, first, n);
    std::memcpy(to + size - n, last, n);
  }

  /// Called when the current block is too small: makes room and returns `size` bytes, or throws
  /// OutOfMemory.
  virtual char* grow(std::size_t size) = 0;

  char* begin_ = nullptr;  ///< The begin of the current block.
  char* cursor_ = nullptr;
  char* end_ = nullptr;
  std::size_t budget_ = 0;

 private:
  [[noreturn]] void refuse_size() {
    if (refusal_ == Refusal::none) refusal_ = Refusal::size;
    throw RecordTooBig{};
  }
  [[noreturn]] void throw_again() const {
    if (refusal_ == Refusal::memory) throw OutOfMemory{};
    throw RecordTooBig{};
  }

  Refusal refusal_ = Refusal::none;
};

}  // namespace weir::detail
