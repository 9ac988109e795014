#include "stages/file/folder_tree.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "stages/file/file_name.h"

namespace weir::stages::file {
namespace {

constexpr std::uint32_t kNewFolder = 0777;  // less the umask
constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

bool is_link(int at, const std::string& name) {
  struct stat info {};
  return ::fstatat(at, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
}

}  // namespace

void FolderTree::open(const std::string& start) {
  size_ = start.size();
  const std::string path = start.empty() ? "." : start;
  start_.reset(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!start_.valid()) throw create_error(start + "...", errno);
}

Fd FolderTree::open_folder_of(const std::string& path) const {
  Fd folder(::fcntl(start_.get(), F_DUPFD_CLOEXEC, 0));
  if (!folder.valid()) throw io_error("create", path, errno);
  for (std::size_t at = size_;;) {
    const std::size_t slash = path.find('/', at);
    if (slash == path.npos) return folder;
    const std::string name = path.substr(at, slash - at);
    at = slash + 1;
    if (name.empty()) continue;
    Fd below(::openat(folder.get(), name.c_str(), kFlags));
    if (!below.valid() && errno == ENOENT) {
      if (::mkdirat(folder.get(), name.c_str(), kNewFolder) != 0 && errno != EEXIST) {
        throw io_error("create", path.substr(0, slash), errno);
      }
      below.reset(::openat(folder.get(), name.c_str(), kFlags));
    }
    if (!below.valid()) {
      const int error = errno;
      if (is_link(folder.get(), name)) {
        throw Error(
            "path",
            "cannot write '" + path + "': '" + path.substr(0, slash) + "' is a symbolic link",
            false);
      }
      throw io_error("open", path.substr(0, slash), error);
    }
    folder = std::move(below);
  }
}

}  // namespace weir::stages::file
