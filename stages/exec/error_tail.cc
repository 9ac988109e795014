#include "stages/exec/error_tail.h"

#include <unistd.h>

#include <cerrno>

namespace weir::stages::exec {
namespace {

/// The bytes that are kept, and those that are shown of the last line.
constexpr std::size_t kKept = 4096;
constexpr std::size_t kShown = 512;

}  // namespace

bool ErrorTail::drain(Child& child) {
  char chunk[kKept];
  const ssize_t got = ::read(child.errors(), chunk, sizeof chunk);
  if (got == 0 || (got < 0 && !would_wait(errno))) child.close_errors();
  if (got <= 0) return false;
  text_.append(chunk, static_cast<std::size_t>(got));
  if (text_.size() > 2 * kKept) text_.erase(0, text_.size() - kKept);
  return true;
}

std::string ErrorTail::last_line() const {
  std::string_view text = text_;
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const std::size_t begin = text.rfind('\n');
  if (begin != std::string_view::npos) text.remove_prefix(begin + 1);
  return std::string(text.substr(0, kShown));
}

}  // namespace weir::stages::exec
