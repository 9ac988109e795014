#include "stages/file/fd.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace weir::stages::file {

void Fd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

std::string error_text(int error) { return std::generic_category().message(error); }

Error io_error(std::string_view verb, const std::string& path, int error) {
  return {"io", "cannot " + std::string(verb) + " '" + path + "': " + error_text(error)};
}

std::size_t write_all(int fd, std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (n == 0) {
      errno = EIO;
      break;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // Another process with the same pipe or terminal made it non-blocking.
      pollfd room{fd, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      break;
    }
  }
  return done;
}

ssize_t pread_all(int fd, char* to, std::size_t size, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(fd, to + done, size - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return static_cast<ssize_t>(done);
}

}  // namespace weir::stages::file
