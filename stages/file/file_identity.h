#pragma once

#include <sys/stat.h>

#include <compare>
#include <cstddef>
#include <cstdint>

namespace weir::stages::file {

/// What tells one file from another, whatever it is called. A number may be given to a new file
/// when the old one is gone and closed, so there is also its Head.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  static FileId of(const struct stat& info) { return {info.st_dev, info.st_ino}; }
  friend auto operator<=>(const FileId&, const FileId&) = default;
};

/// A hash of a file's first bytes: all that were there, up to `kMost`. A file that only grows keeps
/// them.
class Head {
 public:
  static constexpr std::size_t kMost = 1024;

  /// Returns whether the open file still begins as it did, and takes in what has come since.
  bool still(int fd);

 private:
  std::uint64_t hash_ = 0;
  std::size_t size_ = 0;
};

}  // namespace weir::stages::file
