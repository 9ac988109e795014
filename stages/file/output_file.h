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
  void open_itself(int flags);
  std::string open_partial(const Ending& ending);
  std::string cut_torn_end(const Ending& ending);
  std::string save_torn_end(std::uint64_t whole) const;

  std::string path_;
  bool append_;
  std::string target_;              ///< `path_` with symbolic links followed.
  std::optional<struct stat> old_;  ///< The file that is there.
  PartialFile partial_;
  bool left_over_ = false;
  bool own_regular_ = false;  ///< True for a regular file that we opened, which may be cut.
  std::uint64_t size_ = 0;    ///< The size of that file, by our own count.
  Fd fd_;
  std::string problem_;
  bool reader_gone_ = false;
};

}  // namespace weir::stages::file
