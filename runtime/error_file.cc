#include "runtime/error_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "graph/flow/letters.h"

namespace weir {
namespace {

constexpr std::size_t kGather = 64 << 10;
/// Whoever watches the file sees an error at the latest with the next one after so long.
constexpr auto kPause = std::chrono::milliseconds(500);

void append_line(std::string& out, const ErrorSample& error) {
  out += "{\"stage\":";
  append_json(out, error.stage);
  out += ",\"kind\":";
  append_json(out, error.kind);
  out += ",\"message\":";
  append_json(out, error.message);
  out += ",\"attempts\":" + std::to_string(error.attempts) + ",\"origin\":{";
  if (!error.part.empty()) {
    out += "\"part\":";
    append_json(out, error.part);
    out += ",";
  }
  out += "\"position\":" + std::to_string(error.origin.position) + "},\"text\":";
  append_json(out, error.excerpt);
  out += "}\n";
}

}  // namespace

std::string ErrorFile::open(const std::string& path) {
  path_ = path;
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  flushed_ = std::chrono::steady_clock::now();
  if (fd_ >= 0) return {};
  return "cannot write '" + path + "': " + std::strerror(errno);
}

void ErrorFile::write(const ErrorSample& error) {
  if (fd_ < 0 || !problem_.empty()) return;
  append_line(gathered_, error);
  const auto now = std::chrono::steady_clock::now();
  if (gathered_.size() < kGather && now - flushed_ < kPause) return;
  flush();
  flushed_ = now;
}

void ErrorFile::flush() {
  std::string_view rest = gathered_;
  while (!rest.empty() && problem_.empty()) {
    const ssize_t wrote = ::write(fd_, rest.data(), rest.size());
    if (wrote >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno != EINTR) {
      problem_ = "cannot write '" + path_ + "': " + std::strerror(errno);
    }
  }
  gathered_.clear();
}

std::string ErrorFile::close() {
  if (fd_ < 0) return problem_;
  flush();
  if (::close(fd_) != 0 && problem_.empty()) {
    problem_ = "cannot write '" + path_ + "': " + std::strerror(errno);
  }
  fd_ = -1;
  return problem_;
}

}  // namespace weir
