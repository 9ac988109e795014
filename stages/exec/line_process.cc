#include "stages/exec/line_process.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace weir::exec {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// How soon a cancelled call is noticed. Only a thread that waits for its process looks.
constexpr int kTickMs = 20;
constexpr std::size_t kChunk = 16 * 1024;
/// What is kept of the standard error, and shown of its last line.
constexpr std::size_t kErrorsKept = 4096;
constexpr std::size_t kErrorShown = 512;
/// How long a process that closed its output may take to end by itself.
constexpr milliseconds kLastWords{500};
constexpr milliseconds kGrace{1000};
constexpr milliseconds kLook{2};
/// Ticks without a word after a process has ended, before nothing more is expected.
constexpr int kSilentTicks = 50;

bool would_wait(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

/// The last line that is not blank, clipped.
std::string last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const std::size_t begin = text.rfind('\n');
  if (begin != std::string_view::npos) text.remove_prefix(begin + 1);
  return std::string(text.substr(0, kErrorShown));
}

}  // namespace

LineProcess::Result LineProcess::ask(std::string_view line, const Call& call) {
  if (const Result early = stale(); early != Result::answered) return early;
  std::size_t sent = 0;
  int silent_ticks = 0;
  while (!call.stopping()) {
    const bool all_sent = sent > line.size();
    pollfd streams[] = {{child_.output(), POLLIN, 0},
                        {child_.errors(), POLLIN, 0},
                        {all_sent ? -1 : child_.input(), POLLOUT, 0}};
    const bool idle = ::poll(streams, 3, kTickMs) <= 0;
    // A child of the process may hold its streams open, so that there is no end to read; it may
    // also be the one that answers, so it gets some time.
    if (idle && child_.ended()) ++silent_ticks;
    const bool last = silent_ticks > kSilentTicks;
    if (streams[1].revents) drain_errors();
    if (streams[2].revents && !send(line, sent)) return Result::died;
    if (!streams[0].revents && !last) continue;
    const bool open = receive();
    const Result result = read_answer(sent > line.size());
    if (result != Result::gone) return result;
    if (!open || last) return Result::died;
  }
  return Result::stopped;
}

/// Whether the process is as it should be between two lines: there, and silent.
LineProcess::Result LineProcess::stale() {
  answer_.clear();
  searched_ = 0;
  const bool alive = receive();
  if (!answer_.empty()) return Result::unasked;
  return alive && !child_.ended() ? Result::answered : Result::gone;
}

/// `gone` here: there is no whole line yet.
LineProcess::Result LineProcess::read_answer(bool all_sent) {
  const std::size_t end = answer_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = answer_.size();
    return answer_.size() > limit_ ? Result::too_long : Result::gone;
  }
  if (end + 1 != answer_.size() || !all_sent) return Result::unasked;
  answer_.pop_back();
  return Result::answered;
}

bool LineProcess::send(std::string_view line, std::size_t& sent) {
  const std::string_view rest = line.substr(std::min(sent, line.size()));
  const ssize_t written = write_quietly(child_.input(), rest, "\n");
  if (written < 0) return would_wait(errno);
  sent += static_cast<std::size_t>(written);
  return true;
}

bool LineProcess::receive() {
  char chunk[kChunk];
  const ssize_t got = ::read(child_.output(), chunk, sizeof chunk);
  if (got > 0) answer_.append(chunk, static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && would_wait(errno));
}

bool LineProcess::drain_errors() {
  char chunk[kErrorsKept];
  const ssize_t got = ::read(child_.errors(), chunk, sizeof chunk);
  if (got == 0 || (got < 0 && !would_wait(errno))) child_.close_errors();
  if (got <= 0) return false;
  last_errors_.append(chunk, static_cast<std::size_t>(got));
  if (last_errors_.size() > 2 * kErrorsKept) {
    last_errors_.erase(0, last_errors_.size() - kErrorsKept);
  }
  return true;
}

void LineProcess::drain_output() {
  char chunk[kChunk];
  [[maybe_unused]] const ssize_t unwanted = ::read(child_.output(), chunk, sizeof chunk);
}

std::string LineProcess::obituary() {
  LineProcess* self = this;
  child_.close_input();
  const bool itself = wait_for({&self, 1}, kLastWords);
  child_.signal(SIGKILL);  // Before the last words are read, so that they have an end.
  while (child_.errors() >= 0 && drain_errors()) {
  }
  child_.kill();
  const std::string words = last_line(last_errors_);
  const std::string fate = itself ? child_.fate() : "closed a standard stream and was killed";
  return fate + (words.empty() ? "" : ": " + words);
}

/// Whether all have ended within `grace`; what they write meanwhile is read, so that they can.
bool LineProcess::wait_for(std::span<LineProcess* const> processes, milliseconds grace) {
  const Clock::time_point until = Clock::now() + grace;
  for (;;) {
    bool all = true;
    for (LineProcess* process : processes) {
      if (process->child_.ended()) continue;
      all = false;
      process->drain_output();
      if (process->child_.errors() >= 0) process->drain_errors();
    }
    if (all || Clock::now() >= until) return all;
    std::this_thread::sleep_for(kLook);
  }
}

void LineProcess::end(std::span<LineProcess* const> processes) {
  for (LineProcess* process : processes) process->child_.close_input();
  if (!wait_for(processes, kGrace)) {
    for (LineProcess* process : processes) process->child_.signal(SIGTERM);
    wait_for(processes, kGrace);
  }
  for (LineProcess* process : processes) process->child_.kill();
}

}  // namespace weir::exec
