#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "weir/error.h"

namespace weir::stages::file {

/// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// Returns an error of kind `io`: "cannot VERB 'path': what errno says".
Error io_error(std::string_view verb, const std::string& path, int error);

/// Returns what `error` means, in words.
std::string error_text(int error);

/// Writes all of `bytes`, in as many pieces as it takes, also where `fd` does not block. Returns
/// how many were written; if not all, errno says why.
std::size_t write_all(int fd, std::string_view bytes);

/// Reads until `size` bytes are there or the file ends. Returns how many; -1 with errno set.
ssize_t pread_all(int fd, char* to, std::size_t size, std::uint64_t offset);

}  // namespace weir::stages::file
