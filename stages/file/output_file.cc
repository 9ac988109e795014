#include "stages/file/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "stages/file/file_name.h"

namespace weir::stages::file {
namespace {

constexpr std::uint32_t kNewFile = 0666;  // less the umask
constexpr std::uint32_t kOwnerOnly = 0600;
constexpr std::size_t kCopied = std::size_t{256} * 1024;
constexpr int kMostTorn = 9999;

std::string bytes_of(std::uint64_t size) {
  return std::to_string(size) + (size == 1 ? " byte" : " bytes");
}

}  // namespace

std::vector<FileUse> OutputFile::files() const {
  const FileName name = resolve(path_, STDOUT_FILENO);
  if (name.descriptor) return {{FileUse::Way::writes, path_, name.descriptor, path_}};
  struct stat info {};
  const bool there = ::stat(name.path.c_str(), &info) == 0;
  if (append_ || (there && !S_ISREG(info.st_mode))) {
    return {{FileUse::Way::writes, name.path, std::nullopt, path_}};
  }
  return {{FileUse::Way::replaces, name.path, std::nullopt, path_},
          {FileUse::Way::writes, name.path + ".partial", std::nullopt, path_ + ".partial"}};
}

bool OutputFile::is_stdout() const { return descriptor_of(path_, STDOUT_FILENO) == STDOUT_FILENO; }

std::string OutputFile::open(const Ending& ending) {
  const FileName name = resolve(path_, STDOUT_FILENO);
  if (name.descriptor) {
    fd_ = duplicate(*name.descriptor, O_WRONLY, shown_name(path_, "stdout"));
    return {};
  }
  target_ = name.path;
  look();
  if (old_ && !S_ISREG(old_->st_mode)) {
    open_itself(O_WRONLY);
    return {};
  }
  if (!append_) return open_partial(ending);
  // The end of the file is read, to see whether an earlier run was killed in the middle of a
  // record.
  open_itself(O_RDWR | O_CREAT | O_APPEND);
  return cut_torn_end(ending);
}

std::string OutputFile::open_in(Fd directory, const Ending& ending) {
  directory_ = std::move(directory);
  target_ = last_part(path_);
  look();
  if (old_ && S_ISLNK(old_->st_mode)) {
    throw Error("path", "cannot write '" + path_ + "': it is a symbolic link", false);
  }
  if (old_ && !S_ISREG(old_->st_mode)) {
    throw Error("io", "cannot write '" + path_ + "': it is no regular file");
  }
  if (!append_) return open_partial(ending);
  open_itself(O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW);
  return cut_torn_end(ending);
}

void OutputFile::park() {
  if (::fstat(fd_.get(), &parked_) != 0) throw io_error("write", path_, errno);
  fd_.reset();
  partial_.park();
  directory_.reset();
}

void OutputFile::resume(Fd directory) {
  const std::string& name = left_over_ ? partial_.name() : target_;
  fd_.reset(::openat(directory.get(), name.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!fd_.valid()) throw io_error("write", path_, errno);
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) throw io_error("write", path_, errno);
  if (info.st_dev != parked_.st_dev || info.st_ino != parked_.st_ino || !lock_file(fd_)) {
    fd_.reset();
    throw Error("io", "cannot write '" + path_ + "': another run, or another sink, is writing it",
                false);
  }
  if (left_over_) {
    partial_.resume(std::move(directory));
  } else {
    directory_ = std::move(directory);
  }
}

/// Returns the directory in which `target_` is.
int OutputFile::at() const { return directory_.valid() ? directory_.get() : AT_FDCWD; }

void OutputFile::look() {
  struct stat info {};
  const int flags = directory_.valid() ? AT_SYMLINK_NOFOLLOW : 0;
  if (::fstatat(at(), target_.c_str(), &info, flags) == 0) {
    old_ = info;
  } else {
    old_.reset();
  }
  if (target_.ends_with('/') || (old_ && S_ISDIR(old_->st_mode))) {
    throw io_error("write", path_, EISDIR);
  }
}

void OutputFile::open_itself(int flags) {
  fd_.reset(::openat(at(), target_.c_str(), O_CLOEXEC | flags, kNewFile));
  if (!fd_.valid()) throw create_error(path_, errno);
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) throw io_error("write", path_, errno);
  own_regular_ = S_ISREG(info.st_mode);
  size_ = static_cast<std::uint64_t>(info.st_size);
}

std::string OutputFile::open_partial(const Ending& ending) {
  // Checked now, not after an hour of work.
  if (old_ && ::faccessat(at(), target_.c_str(), W_OK, AT_EACCESS) != 0) {
    throw io_error("write", path_, errno);
  }
  fd_ = directory_.valid() ? partial_.create_in(std::move(directory_), path_, old_)
                           : partial_.create(target_, old_);
  own_regular_ = left_over_ = true;
  size_ = 0;
  if (partial_.kept().empty()) return {};
  std::string said =
      "an earlier run's '" + partial_.path() + "' is kept as '" + partial_.kept() + "'";
  const Fd kept(::open(partial_.kept().c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!kept.valid() || ::fstat(kept.get(), &info) != 0 || ending.codec != Codec::none) return said;
  try {
    const auto size = static_cast<std::uint64_t>(info.st_size);
    const std::uint64_t torn = size - whole_size(kept, size, ending, partial_.kept());
    if (torn > 0) said += ", which ends in half a record: its last " + bytes_of(torn);
  } catch (const Error&) {
    said += ", which does not end in a whole record";
  }
  return said;
}

/// Cuts a file that will be appended to, behind its last whole record. Returns what there is to say
/// about that; empty if nothing was cut.
std::string OutputFile::cut_torn_end(const Ending& ending) {
  if (!own_regular_) return {};
  if (!lock_file(fd_)) {
    throw Error("io", "cannot write '" + path_ + "': another run, or another sink, is writing it",
                false);
  }
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) throw io_error("read", path_, errno);
  size_ = static_cast<std::uint64_t>(info.st_size);
  const std::uint64_t whole = whole_size(fd_, size_, ending, path_);
  if (whole == size_) return {};
  const std::string saved = save_torn_end(whole);
  if (::ftruncate(fd_.get(), static_cast<off_t>(whole)) != 0) throw io_error("cut", path_, errno);
  const std::string torn = bytes_of(size_ - whole);
  size_ = whole;
  return "'" + path_ + "' ended in half " +
         (ending.codec == Codec::none ? "a record" : "a member") + ": its last " + torn +
         " are in '" + saved + "' now";
}

/// Copies what is to be cut to a new file, PATH.torn, and returns its name.
std::string OutputFile::save_torn_end(std::uint64_t whole) const {
  std::string name = target_ + ".torn";
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  Fd to(::openat(at(), name.c_str(), flags, kOwnerOnly));
  for (int i = 1; !to.valid() && errno == EEXIST && i <= kMostTorn; ++i) {
    name = target_ + ".torn." + std::to_string(i);
    to.reset(::openat(at(), name.c_str(), flags, kOwnerOnly));
  }
  if (!to.valid()) throw io_error("create", name, errno);
  std::vector<char> buffer(std::min<std::uint64_t>(size_ - whole, kCopied));
  for (std::uint64_t at = whole; at < size_;) {
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), size_ - at);
    const ssize_t n = pread_all(fd_.get(), buffer.data(), wanted, at);
    if (n <= 0) throw io_error("read", path_, n < 0 ? errno : EIO);
    const auto got = static_cast<std::size_t>(n);
    if (write_all(to.get(), {buffer.data(), got}) < got) throw io_error("write", name, errno);
    at += got;
  }
  if (::close(to.release()) != 0) throw io_error("write", name, errno);
  return name;
}

bool OutputFile::is_empty() const {
  struct stat info {};
  return ::fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0;
}

std::size_t OutputFile::write(std::string_view bytes) {
  const std::size_t done = write_all(fd_.get(), bytes);
  if (done < bytes.size()) {
    const int error = errno;
    reader_gone_ = error == EPIPE && is_stdout();
    const std::string name = shown_name(path_, "stdout");
    problem_ = error == EPIPE ? "cannot write '" + name +
                                    "': its reader has ended ('| head'?); to end a run well after "
                                    "so many records there is 'take'"
                              : io_error("write", name, error).what();
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
  Fd mine;
  if (left_over_) {
    mine.reset(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    if (!mine.valid()) throw io_error("write", path_, errno);
  }
  if (fd_.valid() && ::close(fd_.release()) != 0 && errno != EINTR) {
    throw io_error("write", shown_name(path_, "stdout"), errno);
  }
  if (!left_over_) return;
  left_over_ = partial_.stands(mine);
  partial_.commit(mine);
  left_over_ = false;
}

void OutputFile::close() {
  fd_.reset();
  directory_.reset();
  partial_.park();
}

}  // namespace weir::stages::file
