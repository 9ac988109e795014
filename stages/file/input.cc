#include "stages/file/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "stages/file/file_name.h"

namespace weir::stages::file {
namespace {

void take_stat(Input& input, const struct stat& info) {
  if (S_ISDIR(info.st_mode)) throw io_error("read", input.path, EISDIR);
  input.regular = S_ISREG(info.st_mode);
  input.end = input.regular ? static_cast<std::uint64_t>(info.st_size) : 0;
}

/// Sets the position and size of a file that another process has opened: only its rest is read.
void take_descriptor_stat(Input& input, const Fd& fd) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) throw io_error("read", input.path, errno);
  take_stat(input, info);
  if (!input.regular) return;
  const off_t at = ::lseek(fd.get(), 0, SEEK_CUR);
  input.first = at > 0 ? static_cast<std::uint64_t>(at) : 0;
}

Fd open_descriptor(Input& input) {
  Fd fd = duplicate(*input.descriptor, O_RDONLY, shown_name(input.path, "stdin"));
  take_descriptor_stat(input, fd);
  return fd;
}

Input look_at(const std::string& path, const std::string& named) {
  Input input;
  input.path = path;
  input.named = named;
  input.descriptor = descriptor_of(path, STDIN_FILENO);
  if (input.descriptor) {
    open_descriptor(input);
    return input;
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) throw io_error("open", path, errno);
  take_stat(input, info);
  // Access is only checked. Opening and closing a fifo would hang up on its writer.
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) {
    throw io_error("open", path, errno);
  }
  return input;
}

/// Looks at what a glob has found.
Input look_at(const Listing::Entry& entry, const std::string& pattern) {
  Input input;
  try {
    if (entry.error != 0) throw io_error("list", entry.path, entry.error);
    return look_at(entry.path, pattern);
  } catch (const Error& problem) {
    input.path = entry.path;
    input.named = pattern;
    input.regular = true;
    input.problem = problem.what();
  }
  return input;
}

void expand(const std::string& pattern, const Exclusions& exclusions, std::vector<Input>& out) {
  bool found = false;
  for (const Listing::Entry& entry : expand_glob(pattern, exclusions).entries) {
    if (entry.error == 0 && !is_file(entry.path)) continue;
    out.push_back(look_at(entry, pattern));
    found = true;
  }
  if (!found) throw Error("io", "no file matches '" + pattern + "'");
}

}  // namespace

bool is_glob(const std::string& path) {
  struct stat info {};
  return path.find_first_of("*?[") != std::string::npos && ::lstat(path.c_str(), &info) != 0;
}

bool is_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return !S_ISDIR(info.st_mode);
  return errno != ENOENT && errno != ELOOP;
}

std::vector<Input> find_inputs(const std::vector<std::string>& paths,
                               const Exclusions& exclusions) {
  std::vector<Input> inputs;
  for (const std::string& path : paths) {
    if (is_glob(path)) {
      expand(path, exclusions, inputs);
    } else if (!exclusions.has(path)) {
      inputs.push_back(look_at(path, path));
    }
  }
  return inputs;
}

Fd open_input(Input& input) {
  if (input.descriptor) return open_descriptor(input);
  // Without O_NONBLOCK, opening a fifo would wait for its writer, deaf to a request to stop.
  Fd fd(::open(input.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) throw io_error("open", input.path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) throw io_error("read", input.path, errno);
  take_stat(input, info);
  return fd;
}

Detected kind_of(const Fd& fd, const Input& input) {
  char bytes[kMagicSize];
  const ssize_t n = pread_all(fd.get(), bytes, sizeof bytes, input.first);
  if (n < 0) throw io_error("read", input.path, errno);
  Detected kind;
  detect_codec({bytes, static_cast<std::size_t>(n)}, true, kind);
  return kind;
}

}  // namespace weir::stages::file
