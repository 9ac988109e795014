#include "stages/exec/command_run.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace weir::stages::exec {
namespace {

/// The time after which a cancelled call is noticed.
constexpr int kTickMs = 20;
/// The number of silent ticks after the end of the process before nothing more is expected of its
/// children, which hold its streams open.
constexpr int kSilentTicks = 50;
constexpr std::size_t kChunk = 64 * 1024;

}  // namespace

CommandRun::Result CommandRun::finish(const Call& call) {
  int silent_ticks = 0;
  while (child_.output() >= 0 || child_.errors() >= 0) {
    if (call.stopping()) return Result::stopped;
    pollfd streams[] = {
        {child_.output(), POLLIN, 0}, {child_.errors(), POLLIN, 0}, {child_.input(), POLLOUT, 0}};
    const bool idle = ::poll(streams, 3, kTickMs) <= 0;
    if (idle && child_.ended() && ++silent_ticks > kSilentTicks) break;
    if (streams[2].revents) write_input();
    if (streams[1].revents) errors_.drain(child_);
    if (streams[0].revents && !read_output()) return Result::too_long;
  }
  if (!wait_for_exit(call)) return Result::stopped;
  child_.kill();
  return Result::ended;
}

/// Reads what is there. Returns false if that is too long.
bool CommandRun::read_output() {
  const std::size_t before = output_.size();
  output_.resize(before + kChunk);
  const ssize_t got = ::read(child_.output(), output_.data() + before, kChunk);
  output_.resize(before + static_cast<std::size_t>(got < 0 ? 0 : got));
  if (got == 0 || (got < 0 && !would_wait(errno))) child_.close_output();
  return output_.size() <= limit_;
}

/// Writes what the pipe takes. A command need not read its input to the end.
void CommandRun::write_input() {
  const ssize_t written = write_quietly(child_.input(), input_);
  if (written > 0) input_.remove_prefix(static_cast<std::size_t>(written));
  if (input_.empty() || (written < 0 && !would_wait(errno))) child_.close_input();
}

/// Waits for a process that has closed its streams, as one does that ends. Returns false if the
/// call was cancelled meanwhile.
bool CommandRun::wait_for_exit(const Call& call) {
  Fd process;
  while (!child_.ended()) {
    if (call.stopping()) return false;
    if (!process.open())
      process.reset(static_cast<int>(::syscall(SYS_pidfd_open, child_.pid(), 0)));
    pollfd end{process.get(), POLLIN, 0};
    if (process.open()) {
      ::poll(&end, 1, kTickMs);
    } else {  // An old kernel.
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return true;
}

std::string CommandRun::fate() const {
  const std::string words = errors_.last_line();
  return child_.fate() + (words.empty() ? "" : ": " + words);
}

}  // namespace weir::stages::exec
