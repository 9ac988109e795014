#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "stages/file/fd.h"

namespace weir::file {

/// Where a sink's bytes go: PATH.partial, renamed to PATH by `commit`; or, if there is nothing that
/// a rename could replace (append, a device, a fifo, stdout), PATH itself.
class OutputFile {
 public:
  OutputFile(std::string path, bool append) : path_(std::move(path)), append_(append) {}

  /// Throws Error "io".
  void open();
  /// Returns how many bytes were written; fewer than all: `problem` says why.
  std::size_t write(std::string_view bytes);
  /// "cannot write 'path': No space left on device"
  const std::string& problem() const { return problem_; }
  /// Takes back the last `size` bytes, if it is a file that nobody else wrote to meanwhile.
  void take_back(std::uint64_t size);

  /// Closes, and makes it PATH. Throws Error "io".
  void commit();
  void close();
  /// PATH.partial, if that is what there is.
  std::string leftover() const { return left_over_ ? partial_ : std::string(); }

 private:
  void open_partial(std::uint32_t mode);
  void lock_partial();
  void open_itself(int flags);

  std::string path_;
  bool append_;
  std::string target_;   ///< `path_`, symbolic links followed.
  std::string partial_;  ///< Empty: `target_` is written itself.
  bool left_over_ = false;
  bool own_regular_ = false;  ///< A regular file that we opened: it may be cut.
  std::uint64_t size_ = 0;    ///< Of that file, by our own count.
  Fd fd_;
  std::string problem_;
};

}  // namespace weir::file
