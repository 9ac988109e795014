#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "stages/file/file_identity.h"

namespace weir::stages::file {

/// The streams of one source that follow a file each. A file that one of them reads keeps its owner
/// when it gets the name that another one looks at. Thread-safe.
class Siblings {
 public:
  explicit Siblings(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  /// The names that all of them look at.
  const std::vector<std::string>& paths() const { return paths_; }
  /// Makes `owner` the owner of a file. Returns false if it has another one.
  bool claim(FileId id, const void* owner) {
    const std::lock_guard lock(mutex_);
    return owners_.try_emplace(id, owner).first->second == owner;
  }
  void give_up(FileId id, const void* owner) {
    const std::lock_guard lock(mutex_);
    const auto found = owners_.find(id);
    if (found != owners_.end() && found->second == owner) owners_.erase(found);
  }

 private:
  const std::vector<std::string> paths_;
  std::mutex mutex_;
  std::map<FileId, const void*> owners_;
};

}  // namespace weir::stages::file
