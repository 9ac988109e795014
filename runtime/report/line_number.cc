#include "runtime/report/line_number.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace weir::cli {
namespace {

constexpr std::uint64_t kFarthest = 1ull << 30;
constexpr std::size_t kChunk = 1 << 18;

/// A file that is open for reading while its lines are counted.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool regular_beyond(std::uint64_t offset) const {
    struct stat info {};
    return fd_ >= 0 && ::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode) &&
           static_cast<std::uint64_t>(info.st_size) >= offset;
  }
  std::string_view read(std::uint64_t offset, std::vector<char>& into, std::uint64_t size) const {
    const ssize_t got = ::pread(fd_, into.data(), std::min<std::uint64_t>(size, into.size()),
                                static_cast<off_t>(offset));
    return {into.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }

 private:
  int fd_;
};

bool compressed(std::string_view begin) {
  return begin.starts_with("\x1f\x8b") || begin.starts_with("\x28\xb5\x2f\xfd");
}

}  // namespace

std::optional<std::uint64_t> line_number(const std::string& path, std::uint64_t offset) {
  if (offset > kFarthest) return std::nullopt;
  // A pipe must not be opened, since that would wait for its writer.
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  const OpenFile file(path);
  if (!file.regular_beyond(offset)) return std::nullopt;
  std::vector<char> buffer(kChunk);
  if (compressed(file.read(0, buffer, 4))) return std::nullopt;
  std::uint64_t line = 1;
  for (std::uint64_t at = 0; at < offset;) {
    const std::string_view chunk = file.read(at, buffer, offset - at);
    if (chunk.empty()) return std::nullopt;
    line += static_cast<std::uint64_t>(std::ranges::count(chunk, '\n'));
    at += chunk.size();
  }
  return line;
}

}  // namespace weir::cli
