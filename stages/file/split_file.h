#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "stages/file/fd.h"
#include "stages/file/rules.h"
#include "weir/feed.h"

namespace weir::stages::file {

/// A regular file that is handed out in ranges and loaded by many threads at once. A range owns the
/// records whose first byte lies in it. The file closes itself after the last byte was loaded, so
/// that a hundred thousand files do not stay open.
class SplitFile {
 public:
  /// Begins with the bytes [first, end) of `fd`, which is part `part` of the source.
  void start(Fd fd, const std::string& path, std::uint32_t part, std::uint64_t first,
             std::uint64_t end);
  void close() { fd_.reset(); }

  bool all_cut() const { return cut_ >= end_; }
  /// Returns the next range, of `size` bytes at most.
  Split cut(std::uint64_t size);

  /// Loads a range, as Source::load does. For any thread.
  void load(Split& split, Feed& feed, const Rules& rules);

  std::uint64_t first() const { return first_; }
  std::uint64_t end() const { return end_; }
  /// Fills `to` with the bytes at `offset`. Throws Error "io" if the file no longer has so many.
  void read(char* to, std::size_t size, std::uint64_t offset) const;

 private:
  Fd fd_;
  std::string path_;
  std::uint32_t part_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t end_ = 0;
  std::uint64_t cut_ = 0;
  std::atomic<std::uint64_t> left_{0};  ///< The bytes that are not loaded yet.
};

}  // namespace weir::stages::file
