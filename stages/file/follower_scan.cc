// What a follower does when it looks at the names.

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "stages/file/file_name.h"
#include "stages/file/follower.h"
#include "stages/file/input.h"

namespace weir::stages::file {
namespace {

/// Between two looks there is so many times what one takes, however often names change.
constexpr int kPause = 5;

bool is_gone(int error) { return error == ENOENT || error == ENOTDIR || error == ELOOP; }

}  // namespace

std::vector<FileUse> Follower::files(const std::vector<std::string>& paths,
                                     const Exclusions& exclusions) {
  std::vector<FileUse> uses;
  for (const std::string& path : paths) {
    if (!is_glob(path)) {
      uses.push_back({FileUse::Way::reads, path, std::nullopt, path});
      continue;
    }
    for (const Listing::Entry& entry : expand_glob(path, exclusions).entries) {
      if (entry.error != 0 || !is_file(entry.path)) continue;
      uses.push_back({FileUse::Way::reads, entry.path, std::nullopt, path});
    }
  }
  return uses;
}

void Follower::scan() {
  const auto begin = Clock::now();
  look_ = false;
  met_.clear();
  for (auto& [id, file] : files_) file.named = false;
  for (const std::string& path : following_.paths) {
    if (is_glob(path)) {
      list(path);
    } else if (!exclusions_.has(path)) {
      watcher_.watch_directory(directory_of(path));
      find(path);
    }
  }
  settle();
  const auto end = Clock::now();
  next_scan_ = end + following_.scan;
  soonest_scan_ = end + kPause * (end - begin);
}

void Follower::list(const std::string& glob) {
  const Listing listing = expand_glob(glob, exclusions_);
  for (const std::string& directory : listing.directories) watcher_.watch_directory(directory);
  for (const Listing::Entry& entry : listing.entries) {
    struct stat info {};
    if (entry.error == EMFILE || entry.error == ENFILE) continue;  // The next scan tries again.
    if (entry.error != 0) {
      refuse(entry.path, io_error("list", entry.path, entry.error).what());
    } else if (::stat(entry.path.c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
      meet(entry.path, info);
    }
  }
}

/// Looks for a path that is no glob, which may come later.
void Follower::find(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISREG(info.st_mode)) return meet(path, info);
    if (first_) {
      throw Error("io",
                  "cannot follow '" + path + "': " +
                      (S_ISDIR(info.st_mode) ? "it is a directory" : "it is no regular file"));
    }
    return;
  }
  if (!is_gone(errno)) return refuse(path, io_error("open", path, errno).what());
  say_once("missing " + path, "'" + path + "' is not there yet");
}

/// Takes a name of a file. Which of several is its name is decided when all are known.
void Follower::meet(const std::string& path, const struct stat& info) {
  const FileId id = FileId::of(info);
  const auto known = files_.find(id);
  if (known == files_.end()) return add(path, info);
  FollowedFile& file = known->second;
  if (path == file.path()) file.named = true;
  file.missed.reset();
  met_.emplace_back(path, id);
  look_again(file, info);
}

void Follower::add(const std::string& path, const struct stat& info) {
  const FileId id = FileId::of(info);
  if (following_.siblings && !following_.siblings->claim(id, this)) return;
  FollowedFile& file = files_.try_emplace(id, id, path, rules_, following_.plain).first->second;
  file.named = true;
  if (first_ && following_.at_end) file.begin_behind(static_cast<std::uint64_t>(info.st_size));
  queue(file);
}

/// Serves a file of which the kernel has not told, or that had ended.
void Follower::look_again(FollowedFile& file, const struct stat& info) {
  if (!file.changed(info)) return;
  file.over = false;
  queue(file);
}

/// Compares what was known with what was found.
void Follower::settle() {
  for (const auto& [path, id] : met_) {
    FollowedFile& file = files_.at(id);
    if (file.named) continue;
    file.named = true;
    file.rename(path);
    if (!file.over) leave(file);
  }
  for (auto at = files_.begin(); at != files_.end();) {
    FollowedFile& file = at->second;
    if (file.named || !settle_lost(file)) {
      ++at;
    } else {
      if (following_.siblings) following_.siblings->give_up(file.id(), this);
      at = files_.erase(at);
    }
  }
}

/// Returns whether the file has the name that another stream looks at, so that it must stay known.
bool Follower::is_with_siblings(FollowedFile& file) {
  if (!following_.siblings) return false;
  for (const std::string& path : following_.siblings->paths()) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0 || FileId::of(info) != file.id()) continue;
    if (!file.changed(info)) return true;
    // Its number may have gone to a new file.
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd.valid()) return true;
    if (file.is_still(fd.get(), info)) {
      file.rename(path);
      file.over = false;
      queue(file);
      return true;
    }
    following_.siblings->give_up(file.id(), this);
    return false;
  }
  return false;
}

/// Settles a file that was not found. Returns true if nothing is to be known of it any more.
bool Follower::settle_lost(FollowedFile& file) {
  struct stat info {};
  const bool there = ::stat(file.path().c_str(), &info) == 0;
  // Its directory could not be listed this time, or looked into.
  if (there ? FileId::of(info) == file.id() : !is_gone(errno)) return false;
  if (!file.over) {
    leave(file);
    return false;
  }
  // A name that is given while a directory is listed may stand there twice, or not at all.
  if (is_with_siblings(file)) return false;
  const auto now = Clock::now();
  if (!file.missed) file.missed = now;
  return !file.queued && now - *file.missed > 2 * following_.scan + following_.rotate_wait;
}

/// Notes that a file has lost its name. It is read on, before the new file of that name.
void Follower::leave(FollowedFile& file) {
  if (file.leaving) return;
  file.leaving = true;
  file.until = Clock::now() + following_.rotate_wait;
  leaving_.insert(&file);
  std::erase(queue_, &file);
  file.queued = false;
  queue(file, true);
}

}  // namespace weir::stages::file
