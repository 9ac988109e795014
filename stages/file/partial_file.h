#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "stages/file/fd.h"

namespace weir::stages::file {

/// PATH.partial, which takes PATH's place when all is written.
///
/// It is always a new file. One that is there, of a run that has failed, is kept under another
/// name, since nobody can say what it cost. All names are looked up in the directory that was there
/// at the beginning. Only the file that was written is renamed: `commit` fails if its name has come
/// to stand for another one.
class PartialFile {
 public:
  /// Creates the file beside `target`, whose last part must be no symbolic link. `old` is the file
  /// that is there; the new one gets its owner and permissions before it gets any bytes. Throws
  /// Error "io".
  Fd create(const std::string& target, const std::optional<struct stat>& old);
  /// Does so in an open directory; `target` is then only shown, but for its last part.
  Fd create_in(Fd directory, const std::string& target, const std::optional<struct stat>& old);

  /// Lets go of the directory, and takes it again.
  void park() { directory_.reset(); }
  void resume(Fd directory) { directory_ = std::move(directory); }
  int directory() const { return directory_.get(); }
  const std::string& name() const { return name_; }

  /// Returns its path; empty before `create`.
  const std::string& path() const { return path_; }
  /// Returns where an earlier run's file is kept now; empty if there was none.
  const std::string& kept() const { return kept_; }
  /// Returns whether the name still stands for the file that is open as `fd`.
  bool stands(const Fd& fd) const { return names(fd, name_); }

  /// Gives the file the name PATH. Throws Error "io".
  void commit(const Fd& fd) const;

 private:
  bool names(const Fd& fd, const std::string& name) const;
  bool try_create(Fd& fd, bool replaces) const;
  void lock(const Fd& fd) const;
  void set_aside();
  Fd open_earlier() const;
  bool move_to(const std::string& name) const;
  [[noreturn]] void fail_busy() const;

  std::string target_;
  std::string path_;
  std::string name_;  ///< The name of PATH.partial in `directory_`.
  /// The name of PATH in `directory_`.
  std::string target_name_;
  std::string kept_;
  Fd directory_;
};

/// Locks a regular file against other programs that ask for its lock. Returns false if another one
/// has the lock.
bool lock_file(const Fd& fd);

}  // namespace weir::stages::file
