#include "stages/file/partial_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "stages/file/file_name.h"

namespace weir::stages::file {
namespace {

constexpr std::uint32_t kNewFile = 0666;  // less the umask
constexpr std::uint32_t kOwnerOnly = 0600;
constexpr std::uint32_t kPermissions = 07777;
constexpr int kAttempts = 3;
constexpr int kMostKept = 9999;

const char* kind_of(const struct stat& info) {
  if (S_ISLNK(info.st_mode)) return "a symbolic link";
  if (S_ISDIR(info.st_mode)) return "a directory";
  return "no regular file";
}

/// Gives the new file the owner and permissions of the old one, as far as that is allowed, and none
/// that would open it to others.
void take_over(const Fd& fd, const struct stat& old) {
  std::uint32_t mode = old.st_mode & kPermissions;
  struct stat mine {};
  if (::fstat(fd.get(), &mine) != 0) return;
  const bool other = mine.st_uid != old.st_uid || mine.st_gid != old.st_gid;
  if (other && ::fchown(fd.get(), old.st_uid, old.st_gid) != 0) {
    // Drops the set-ID bits, which are the other owner's.
    mode &= 0777;
    const bool same_group = ::fchown(fd.get(), static_cast<uid_t>(-1), old.st_gid) == 0;
    if (!same_group) mode &= ~070u | ((mode & 07u) << 3);
  }
  if (::fchmod(fd.get(), mode) != 0) errno = 0;
}

}  // namespace

bool lock_file(const Fd& fd) {
  // A file system without locks has none to ask for.
  return ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

Fd PartialFile::create(const std::string& target, const std::optional<struct stat>& old) {
  Fd directory(::open(directory_of(target).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) throw create_error(target, errno);
  return create_in(std::move(directory), target, old);
}

Fd PartialFile::create_in(Fd directory, const std::string& target,
                          const std::optional<struct stat>& old) {
  target_ = target;
  path_ = target + ".partial";
  target_name_ = last_part(target);
  name_ = target_name_ + ".partial";
  directory_ = std::move(directory);
  Fd fd;
  for (int i = 0; !try_create(fd, old.has_value()); ++i) {
    if (i == kAttempts) fail_busy();
    set_aside();
  }
  if (!lock_file(fd) || !stands(fd)) fail_busy();
  if (old) take_over(fd, *old);
  return fd;
}

/// Returns false if there is a file of that name.
bool PartialFile::try_create(Fd& fd, bool replaces) const {
  // With O_EXCL no link is followed. The mode says who may read it before it holds anything.
  fd.reset(::openat(directory_.get(), name_.c_str(),
                    O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
                    replaces ? kOwnerOnly : kNewFile));
  if (!fd.valid() && errno != EEXIST) throw create_error(path_, errno);
  return fd.valid();
}

/// Moves an earlier run's file out of the way, or throws.
void PartialFile::set_aside() {
  struct stat info {};
  if (::fstatat(directory_.get(), name_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (!S_ISREG(info.st_mode)) {
    throw Error("io",
                "cannot write '" + target_ + "': '" + path_ + "' is in the way, " + kind_of(info));
  }
  const Fd earlier = open_earlier();
  if (!lock_file(earlier)) fail_busy();
  if (!stands(earlier)) return;  // It was renamed since.
  if (info.st_size == 0) {
    ::unlinkat(directory_.get(), name_.c_str(), 0);
    return;
  }
  for (int i = 1; i <= kMostKept; ++i) {
    const std::string number = "." + std::to_string(i);
    if (!move_to(name_ + number)) continue;
    kept_ = path_ + number;
    return;
  }
  throw Error("io", "cannot write '" + target_ + "': '" + path_ +
                        "' of earlier runs are kept up to '" + path_ + "." +
                        std::to_string(kMostKept) + "'");
}

/// Opens the file of an earlier run, to ask for its lock.
Fd PartialFile::open_earlier() const {
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  Fd fd(::openat(directory_.get(), name_.c_str(), O_WRONLY | kFlags));
  if (!fd.valid()) fd.reset(::openat(directory_.get(), name_.c_str(), O_RDONLY | kFlags));
  if (fd.valid()) return fd;
  throw io_error("set aside", path_, errno);
}

/// Renames without replacing anything. Returns false if the name is taken.
bool PartialFile::move_to(const std::string& name) const {
  const int at = directory_.get();
  if (::renameat2(at, name_.c_str(), at, name.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) throw io_error("set aside", path_, errno);
  // Not every file system can do that. A hard link does not replace anything either.
  if (::linkat(at, name_.c_str(), at, name.c_str(), 0) != 0) {
    if (errno == EEXIST) return false;
    throw io_error("set aside", path_, errno);
  }
  if (::unlinkat(at, name_.c_str(), 0) != 0) throw io_error("set aside", path_, errno);
  return true;
}

bool PartialFile::names(const Fd& fd, const std::string& name) const {
  struct stat mine {};
  struct stat named {};
  return ::fstat(fd.get(), &mine) == 0 &&
         ::fstatat(directory_.get(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

void PartialFile::commit(const Fd& fd) const {
  const int at = directory_.get();
  const char* const wrong = ": it is not the file any more that this run has written";
  if (!stands(fd)) throw Error("io", "cannot rename '" + path_ + "' to '" + target_ + "'" + wrong);
  if (::renameat(at, name_.c_str(), at, target_name_.c_str()) != 0) {
    throw io_error("rename '" + path_ + "' to", target_, errno);
  }
  if (!names(fd, target_name_)) throw Error("io", "cannot write '" + target_ + "'" + wrong);
}

void PartialFile::fail_busy() const {
  throw Error("io", "cannot write '" + target_ + "': another run, or another sink, is writing it",
              false);
}

}  // namespace weir::stages::file
