#include "stages/file/input.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace weir::file {
namespace {

constexpr const char* kStdin = "-";

void take_stat(Input& input, const struct stat& info) {
  if (S_ISDIR(info.st_mode)) throw io_error("read", input.path, EISDIR);
  input.regular = S_ISREG(info.st_mode);
  input.end = input.regular ? static_cast<std::uint64_t>(info.st_size) : 0;
}

void take_stdin_stat(Input& input) {
  struct stat info {};
  if (::fstat(STDIN_FILENO, &info) != 0) throw io_error("read", "stdin", errno);
  take_stat(input, info);
  if (!input.regular) return;
  const off_t at = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
  input.first = at > 0 ? static_cast<std::uint64_t>(at) : 0;
}

Input look_at(const std::string& path) {
  Input input;
  input.path = path;
  if (path == kStdin) {
    take_stdin_stat(input);
    return input;
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) throw io_error("open", path, errno);
  take_stat(input, info);
  // Only asked, not opened: to open and close a fifo would hang up on its writer.
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) {
    throw io_error("open", path, errno);
  }
  return input;
}

bool is_glob(const std::string& path) {
  struct stat info {};
  return path.find_first_of("*?[") != std::string::npos && ::lstat(path.c_str(), &info) != 0;
}

void expand(const std::string& pattern, std::vector<Input>& out) {
  glob_t found{};
  // Sources are opened on one thread.
  const int code = ::glob(pattern.c_str(), 0, nullptr, &found);  // NOLINT(concurrency-mt-unsafe)
  std::vector<std::string> paths;
  if (code == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (code == GLOB_NOMATCH) throw Error("io", "no file matches '" + pattern + "'");
  if (code != 0) throw io_error("list", pattern, code == GLOB_NOSPACE ? ENOMEM : EIO);
  for (const std::string& path : paths) out.push_back(look_at(path));
}

}  // namespace

std::vector<Input> find_inputs(const std::vector<std::string>& paths) {
  std::vector<Input> inputs;
  for (const std::string& path : paths) {
    if (is_glob(path)) {
      expand(path, inputs);
    } else {
      inputs.push_back(look_at(path));
    }
  }
  return inputs;
}

Fd open_input(Input& input) {
  if (input.path == kStdin) {
    take_stdin_stat(input);
    Fd fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!fd.valid()) throw io_error("read", "stdin", errno);
    return fd;
  }
  // Without O_NONBLOCK the open of a fifo would wait for its writer, where no stop is heard.
  Fd fd(::open(input.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) throw io_error("open", input.path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) throw io_error("read", input.path, errno);
  take_stat(input, info);
  return fd;
}

}  // namespace weir::file
