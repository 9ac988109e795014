// The descriptors and the memory of a follower's files.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "stages/file/file_name.h"
#include "stages/file/follower.h"
#include "weir/options.h"

namespace weir::stages::file {
namespace {

/// Opens the file of that number, if the path stands for it. Without O_NONBLOCK, a fifo that has
/// come in its place would be waited for.
Fd open_that(const std::string& path, FileId id) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!fd.valid()) return fd;
  const bool same = ::fstat(fd.get(), &info) == 0 && FileId::of(info) == id;
  if (same) return fd;
  errno = ENOENT;
  return Fd();
}

/// Looks in the directory of `path` for a file that has another name now.
Fd open_renamed(const std::string& path, FileId id) {
  const std::string directory = directory_of(path);
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), ::closedir);
  while (const dirent* entry = open ? ::readdir(open.get()) : nullptr) {  // NOLINT
    if (entry->d_ino != id.inode) continue;
    Fd found = open_that(directory + "/" + entry->d_name, id);
    if (found.valid()) return found;
  }
  errno = ENOENT;
  return Fd();
}

}  // namespace

/// Opens the file where it is closed.
Follower::Opened Follower::open_file(FollowedFile& file) {
  if (file.is_open()) return Opened::yes;
  while (open_ >= most_open_ && close_idle(file)) {
  }
  Fd fd = open_that(file.path(), file.id());
  while (!fd.valid() && (errno == EMFILE || errno == ENFILE)) {
    if (!close_idle(file)) return Opened::later;  // Those that leave will have left.
    most_open_ = std::max<std::size_t>(1, open_);
    fd = open_that(file.path(), file.id());
  }
  const int error = errno;
  if (!fd.valid() && error == ENOENT && file.leaving) fd = open_renamed(file.path(), file.id());
  if (!fd.valid()) {
    if (error != ENOENT) throw io_error("open", file.path(), error);
    look_ = true;
    if (!file.leaving) return Opened::gone;  // The scan finds out where to.
    context_->log(LogLevel::warning, "'" + file.path() +
                                         "' was renamed or deleted while it was closed: its end "
                                         "may be missing");
    return Opened::gone;
  }
  file.open(std::move(fd));
  ++open_;
  refused_.erase(file.path());
  if (file.watch < 0) {
    file.watch = watcher_.watch_file(file.fd());
    if (file.watch >= 0) watched_[file.watch] = &file;
    if (watcher_.refusal() != 0) {
      say_once("watch", "the kernel does not tell of all files that grow (" +
                            error_text(watcher_.refusal()) + "): these are looked at every " +
                            OptionType<Duration>::show(following_.scan));
    }
  }
  return Opened::yes;
}

void Follower::close_file(FollowedFile& file) {
  if (!file.is_open()) return;
  file.close();
  --open_;
}

/// Closes the file that nothing has come in for longest. One whose name is not known could not be
/// found again. Returns false if there is none.
bool Follower::close_idle(const FollowedFile& but) {
  FollowedFile* idle = nullptr;
  for (auto& [id, file] : files_) {
    if (!file.is_open() || !file.named || &file == &but) continue;
    if (!idle || file.used < idle->used) idle = &file;
  }
  if (!idle) return false;
  close_file(*idle);
  return true;
}

/// Takes from the share what all files hold, or gives back. Returns false if there is no room.
bool Follower::charge_held() {
  if (!memory_.share) return held_ <= memory_.most;
  if (held_ > charged_ && !memory_.share->take(held_ - charged_)) return false;
  if (held_ < charged_) memory_.share->give(charged_ - held_);
  charged_ = held_;
  return true;
}

/// Counts what a file holds of a record that is not whole. If all hold too much, forgets the
/// longest ones until the rest fits: they are read again.
void Follower::count_held(FollowedFile& file) {
  const auto count = [this](FollowedFile& each) {
    held_ += each.held() - each.counted;
    each.counted = each.held();
  };
  count(file);
  while (!charge_held()) {
    FollowedFile* longest = nullptr;
    for (auto& [id, each] : files_) {
      if (each.is_open() && (!longest || each.counted > longest->counted)) longest = &each;
    }
    if (!longest || longest->counted == 0 || !longest->release()) return;
    count(*longest);
  }
}

}  // namespace weir::stages::file
