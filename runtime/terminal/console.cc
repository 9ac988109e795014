#include "runtime/terminal/console.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace weir::cli {

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0) {
      return EIO;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // Another process that shares the terminal or pipe made it non-blocking.
      pollfd room{fd, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) != 0; }

std::size_t terminal_width(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
  return 100;
}

bool wants_colours(int fd) {
  if (!::isatty(fd)) return false;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color && *no_color) return false;
  const char* term = std::getenv("TERM");
  return term && std::string_view(term) != "dumb";
}

std::string painted(bool colours, Tone tone, std::string_view text) {
  static constexpr const char* kCodes[] = {"",         "\x1b[1m",  "\x1b[2m",
                                           "\x1b[32m", "\x1b[33m", "\x1b[31m"};
  if (!colours || tone == Tone::plain || text.empty()) return std::string(text);
  return kCodes[static_cast<int>(tone)] + std::string(text) + "\x1b[0m";
}

Console::Console()
    : terminal_(::isatty(STDERR_FILENO) != 0), colours_(wants_colours(STDERR_FILENO)) {}

std::size_t Console::width() const { return terminal_width(STDERR_FILENO); }

std::string Console::paint(Tone tone, std::string_view text) const {
  return painted(colours_, tone, text);
}

void Console::clear_live(std::string& bytes) {
  if (live_shown_) bytes += "\r\x1b[K";
  live_shown_ = false;
}

void Console::write(std::string_view text) {
  if (text.empty()) return;
  const flow::Lock lock(mutex_);
  std::string bytes;
  clear_live(bytes);
  bytes += text;
  if (bytes.back() != '\n') bytes += '\n';
  if (!live_.empty()) {
    bytes += live_;
    live_shown_ = true;
  }
  write_all(STDERR_FILENO, bytes);  // If it fails, nobody can be told.
}

void Console::live(std::string_view text) {
  const flow::Lock lock(mutex_);
  std::string bytes;
  clear_live(bytes);
  live_ = text;
  bytes += live_;
  live_shown_ = !live_.empty();
  write_all(STDERR_FILENO, bytes);
}

}  // namespace weir::cli
