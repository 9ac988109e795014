#include "stages/file/file_identity.h"

#include <string_view>

#include "stages/file/fd.h"

namespace weir::stages::file {
namespace {

/// FNV-1a, which can go on where it ended.
std::uint64_t hashed(std::string_view bytes, std::uint64_t hash) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

constexpr std::uint64_t kOfNothing = 0xcbf29ce484222325ull;

}  // namespace

bool Head::still(int fd) {
  char bytes[kMost];
  const ssize_t n = pread_all(fd, bytes, sizeof bytes, 0);
  if (n < 0) return true;  // The read that follows says why.
  const std::string_view now(bytes, static_cast<std::size_t>(n));
  if (size_ == 0) hash_ = kOfNothing;
  if (now.size() < size_ || hashed(now.substr(0, size_), kOfNothing) != hash_) return false;
  hash_ = hashed(now.substr(size_), hash_);
  size_ = now.size();
  return true;
}

}  // namespace weir::stages::file
