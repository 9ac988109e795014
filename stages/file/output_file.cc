#include "stages/file/output_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace weir::file {
namespace {

constexpr std::uint32_t kNewFile = 0666;  // less the umask
constexpr std::uint32_t kPermissions = 07777;

/// Where a path leads: a rename would otherwise replace the link, not the file.
std::string follow_links(const std::string& path) {
  struct Free {
    void operator()(char* p) const { std::free(p); }
  };
  const std::unique_ptr<char, Free> real(::realpath(path.c_str(), nullptr));
  return real ? std::string(real.get()) : path;
}

bool is_link(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

Error create_error(const std::string& path, int error) {
  const std::size_t slash = path.rfind('/');
  if (error == ENOENT && slash != std::string::npos && slash > 0) {
    return {"io",
            "cannot create '" + path + "': there is no directory '" + path.substr(0, slash) + "'"};
  }
  return io_error("create", path, error);
}

}  // namespace

void OutputFile::open() {
  if (path_ == "-") {
    fd_.reset(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!fd_.valid()) throw io_error("write to", "stdout", errno);
    return;
  }
  struct stat info {};
  const bool there = ::stat(path_.c_str(), &info) == 0;
  if (there && S_ISDIR(info.st_mode)) throw io_error("write", path_, EISDIR);
  target_ = there && S_ISREG(info.st_mode) && is_link(path_) ? follow_links(path_) : path_;
  if (append_) {
    open_itself(O_CREAT | O_APPEND);
  } else if (there && !S_ISREG(info.st_mode)) {
    open_itself(0);
  } else {
    // Asked now, not after an hour of work.
    if (there && ::faccessat(AT_FDCWD, target_.c_str(), W_OK, AT_EACCESS) != 0) {
      throw io_error("write", path_, errno);
    }
    open_partial(there ? info.st_mode & kPermissions : 0);
  }
}

void OutputFile::open_itself(int flags) {
  fd_.reset(::open(target_.c_str(), O_WRONLY | O_CLOEXEC | flags, kNewFile));
  if (!fd_.valid()) throw create_error(path_, errno);
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) throw io_error("write", path_, errno);
  own_regular_ = S_ISREG(info.st_mode);
  size_ = static_cast<std::uint64_t>(info.st_size);
}

void OutputFile::open_partial(std::uint32_t mode) {
  partial_ = target_ + ".partial";
  fd_.reset(::open(partial_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kNewFile));
  if (!fd_.valid()) throw create_error(path_, errno);
  lock_partial();
  if (::ftruncate(fd_.get(), 0) != 0) throw io_error("write", partial_, errno);
  // The new file takes the old one's place, so it takes its permissions, where that is allowed.
  if (mode != 0 && ::fchmod(fd_.get(), mode) != 0) errno = 0;
  own_regular_ = true;
  left_over_ = true;
}

/// One run at a time writes a file. Who waited for the lock's owner to open it may have the file
/// that was renamed since: also taken.
void OutputFile::lock_partial() {
  struct stat mine {};
  struct stat named {};
  const bool locked = ::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0;
  if (!locked || ::fstat(fd_.get(), &mine) != 0 || ::stat(partial_.c_str(), &named) != 0 ||
      mine.st_ino != named.st_ino || mine.st_dev != named.st_dev) {
    throw Error("io", "cannot write '" + path_ + "': another run is writing it", false);
  }
}

std::size_t OutputFile::write(std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd_.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      problem_ = io_error("write", path_ == "-" ? "stdout" : path_, errno).what();
      break;
    }
    done += static_cast<std::size_t>(n);
  }
  size_ += done;
  return done;
}

void OutputFile::take_back(std::uint64_t size) {
  struct stat info {};
  if (size == 0 || !own_regular_ || ::fstat(fd_.get(), &info) != 0) return;
  if (static_cast<std::uint64_t>(info.st_size) != size_) return;
  if (::ftruncate(fd_.get(), static_cast<off_t>(size_ - size)) == 0) size_ -= size;
}

void OutputFile::commit() {
  // A second descriptor keeps the lock until the file has its name.
  Fd lock;
  if (!partial_.empty()) lock.reset(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (fd_.valid() && ::close(fd_.release()) != 0) throw io_error("write", path_, errno);
  if (partial_.empty()) return;
  if (std::rename(partial_.c_str(), target_.c_str()) != 0) {
    throw io_error("rename '" + partial_ + "' to", target_, errno);
  }
  left_over_ = false;
}

void OutputFile::close() { fd_.reset(); }

}  // namespace weir::file
