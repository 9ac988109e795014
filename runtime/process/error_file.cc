#include "runtime/process/error_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/terminal/console.h"
#include "weir/detail/json_text.h"

namespace weir::cli {
namespace {

constexpr std::size_t kGather = 64 << 10;
/// The time since the last write after which the next error writes all gathered lines.
constexpr auto kPause = std::chrono::milliseconds(500);

void append_line(std::string& out, const flow::ErrorSample& error) {
  out += "{\"stage\":";
  detail::append_json_string(out, error.stage);
  out += ",\"kind\":";
  detail::append_json_string(out, error.kind);
  out += ",\"message\":";
  detail::append_json_string(out, error.message);
  out += ",\"attempts\":" + std::to_string(error.attempts) + ",\"origin\":{";
  if (!error.part.empty()) {
    out += "\"part\":";
    detail::append_json_string(out, error.part);
    out += ",";
  }
  out += "\"position\":" + std::to_string(error.origin.position);
  if (error.line > 0) out += ",\"line\":" + std::to_string(error.line);
  out += "},\"text\":";
  detail::append_json_string(out, error.excerpt);
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

void ErrorFile::write(const flow::ErrorSample& error) {
  if (fd_ < 0 || !problem_.empty()) return;
  append_line(gathered_, error);
  const auto now = std::chrono::steady_clock::now();
  if (gathered_.size() < kGather && now - flushed_ < kPause) return;
  flush();
  flushed_ = now;
}

void ErrorFile::flush() {
  if (const int error = problem_.empty() ? write_all(fd_, gathered_) : 0; error != 0) {
    problem_ = "cannot write '" + path_ + "': " + std::strerror(error);
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

}  // namespace weir::cli
