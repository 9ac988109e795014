#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "stages/file/fd.h"

namespace weir::stages::file {

/// Asks the kernel to tell when files grow and directories change (inotify). It only tells sooner
/// what a look at the files tells anyway: where the kernel refuses, or forgets, nothing else is
/// lost than time.
class Watcher {
 public:
  Watcher();

  /// Readable when there is something to take.
  int fd() const { return fd_.get(); }
  /// Watches an open file. Returns its number, or -1 if the kernel refuses.
  int watch_file(int fd);
  void forget(int watch);
  /// Watches a directory, if it is not watched yet. "" is the current one.
  void watch_directory(const std::string& directory);
  /// Returns whether the kernel has refused anything so far, and why.
  int refusal() const { return refusal_; }

  /// What has happened since it was last asked. Calls `changed` with the number of each file.
  /// Returns true if a directory has changed, or a file's name, or if the kernel does not know.
  bool take(const std::function<void(int watch)>& changed);

 private:
  int add(const std::string& path, std::uint32_t events);

  Fd fd_;
  int refusal_ = 0;
  std::unordered_map<std::string, int> directories_;
  std::unordered_map<int, std::string> directory_of_;
};

}  // namespace weir::stages::file
