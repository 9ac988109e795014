#include "stages/file/file_name.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

namespace weir::stages::file {
namespace {

constexpr int kMostLinks = 40;  // As many as the kernel follows.
constexpr std::size_t kMostDigits = 9;

std::string real_path(const std::string& path) {
  struct Free {
    void operator()(char* p) const { std::free(p); }
  };
  const std::unique_ptr<char, Free> real(::realpath(path.c_str(), nullptr));
  return real ? real.get() : std::string();
}

/// Returns N of /proc/self/fd/N, whatever that directory is called in `path`.
std::optional<int> own_descriptor(const std::string& path) {
  const std::string name = last_part(path);
  const bool number =
      !name.empty() && name.size() <= kMostDigits &&
      std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return std::nullopt;
  const std::string process = "/proc/" + std::to_string(::getpid());
  const std::string directory = real_path(directory_of(path));
  const bool ours = directory == process + "/fd" ||
                    (directory.starts_with(process + "/task/") && directory.ends_with("/fd"));
  return ours ? std::optional(std::stoi(name)) : std::nullopt;
}

/// True if a link may be followed. The rule is that of the kernel with fs.protected_symlinks: in a
/// directory like /tmp the link must be ours or the directory owner's.
bool may_follow(const std::string& link) {
  struct stat info {};
  struct stat directory {};
  if (::lstat(link.c_str(), &info) != 0) return true;
  if (::stat(directory_of(link).c_str(), &directory) != 0) return true;
  const bool shared = (directory.st_mode & S_ISVTX) && (directory.st_mode & S_IWOTH);
  return !shared || info.st_uid == ::geteuid() || info.st_uid == directory.st_uid;
}

/// Replaces the link `name` by its target. Returns false if it is no link.
bool follow(std::string& name) {
  char target[PATH_MAX];
  const ssize_t size = ::readlink(name.c_str(), target, sizeof target);
  if (size <= 0 || static_cast<std::size_t>(size) == sizeof target) return false;
  const std::string to(target, static_cast<std::size_t>(size));
  name = to.starts_with('/') ? to : directory_of(name) + "/" + to;
  return true;
}

}  // namespace

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Error create_error(const std::string& path, int error) {
  const std::string directory = directory_of(path);
  if (error == ENOENT && ::access(directory.c_str(), F_OK) != 0) {
    return {"io", "cannot create '" + path + "': there is no directory '" + directory + "'"};
  }
  return io_error("create", path, error);
}

FileName resolve(const std::string& path, int dash) {
  if (path == "-") return {dash, path};
  FileName name{std::nullopt, path};
  for (int links = 0; links <= kMostLinks; ++links) {
    name.descriptor = own_descriptor(name.path);
    const std::string link = name.path;
    if (name.descriptor || !follow(name.path)) return name;
    if (!may_follow(link)) throw io_error("follow", link, EACCES);
  }
  throw io_error("follow", path, ELOOP);
}

std::optional<int> descriptor_of(const std::string& path, int dash) {
  if (path == "-") return dash;
  std::string name = path;
  for (int links = 0; links <= kMostLinks; ++links) {
    if (const auto descriptor = own_descriptor(name)) return descriptor;
    if (!follow(name)) break;
  }
  return std::nullopt;
}

Fd duplicate(int descriptor, int mode, const std::string& path) {
  const char* const verb = mode == O_RDONLY ? "read" : "write";
  const int flags = ::fcntl(descriptor, F_GETFL);
  // A descriptor that weir has opened for itself since is nobody's input or output.
  const bool inherited = flags >= 0 && !(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
  const bool open = inherited && !(flags & O_PATH) &&
                    ((flags & O_ACCMODE) == mode || (flags & O_ACCMODE) == O_RDWR);
  if (!open) {
    throw Error("io", "cannot " + std::string(verb) + " '" + path + "': it is not open for " +
                          (mode == O_RDONLY ? "reading" : "writing"));
  }
  Fd fd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (!fd.valid()) throw io_error(verb, path, errno);
  return fd;
}

std::string shown_name(const std::string& path, const char* dash) {
  return path == "-" ? dash : path;
}

}  // namespace weir::stages::file
