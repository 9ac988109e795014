#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/fd.h"
#include "stages/file/partial_file.h"
#include "stages/file/whole_records.h"
#include "weir/file_use.h"

namespace weir::stages::file {

/// The file of a sink: PATH.partial, which `commit` renames to PATH. Where nothing can be renamed
/// (append, a device, a fifo, stdout), it is PATH itself.
class OutputFile {
 public:
  OutputFile(std::string path, bool append) : path_(std::move(path)), append_(append) {}

  /// Returns the files that `open` will open.
  std::vector<FileUse> files() const;
  /// Returns whether it is standard output, whatever it is called.
  bool is_stdout() const;
  /// Opens the file. Returns what there is to say about what was found there; empty if nothing.
  /// Throws Error "io".
  std::string open(const Ending& ending);
  /// Returns whether nothing is in the file yet, as in one that is no regular file.
  bool is_empty() const;
  /// Opens the file in an open directory. Nothing but a regular file may have its name. Throws
  /// Error "io", or "path" for a symbolic link.
  std::string open_in(Fd directory, const Ending& ending);
  /// Closes the file for a while, without an end. `resume` goes on; it throws Error "io" if the
  /// file of that name is another one.
  void park();
  void resume(Fd directory);
  bool is_open() const { return fd_.valid(); }
  /// Returns whether nothing is in it.
  bool empty() const { return size_ == 0; }
  /// Returns how many bytes were written. If not all, `problem` says why.
  std::size_t write(std::string_view bytes);
  /// Returns "cannot write 'path': No space left on device".
  const std::string& problem() const { return problem_; }
  /// Returns whether it is standard output, and a write has found that nobody reads it any longer.
  bool reader_gone() const { return reader_gone_; }
  /// Takes back the last `size` bytes, if it is a file that nobody else has written to meanwhile.
  void take_back(std::uint64_t size);

  /// Closes the file and gives it the name PATH. Throws Error "io".
  void commit();
  void close();
  /// Returns PATH.partial if that is what there is; otherwise an empty text.
  std::string leftover() const { return left_over_ ? partial_.path() : std::string(); }

 private:
  void look();
  int at() const;
  void open_itself(int flags);
  std::string open_partial(const Ending& ending);
  std::string cut_torn_end(const Ending& ending);
  std::string save_torn_end(std::uint64_t whole) const;

  std::string path_;
  bool append_;
  std::string target_;  ///< `path_` with symbolic links followed; its name in `directory_`.
  Fd directory_;        ///< The directory, if one was given.
  std::optional<struct stat> old_;  ///< The file that is there.
  PartialFile partial_;
  bool left_over_ = false;
  bool own_regular_ = false;  ///< True for a regular file that we opened, which may be cut.
  std::uint64_t size_ = 0;    ///< The size of that file, by our own count.
  Fd fd_;
  struct stat parked_ {};  ///< The file, while it is parked.
  std::string problem_;
  bool reader_gone_ = false;
};

}  // namespace weir::stages::file
