#pragma once

#include <string>
#include <string_view>

#include "stages/file/fd.h"

namespace weir::stages::file {

/// The folders below one that was there at the beginning. It goes through no symbolic links, so
/// that nothing leads out of it.
class FolderTree {
 public:
  /// `start` is the path of the folder with a slash at its end; empty for the current one. Throws
  /// Error "io".
  void open(const std::string& start);
  void close() { start_.reset(); }

  /// Opens the folder of the file `path`, which begins with `start`, and makes what is missing on
  /// the way. Throws Error "io", or "path" for a symbolic link.
  Fd open_folder_of(const std::string& path) const;

 private:
  std::size_t size_ = 0;  ///< The bytes of `start`.
  Fd start_;
};

}  // namespace weir::stages::file
