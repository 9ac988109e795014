#include "stages/exec/line_process.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace weir::stages::exec {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// The time after which a cancelled call is noticed. Only a thread that waits for its process
/// checks.
constexpr int kTickMs = 20;
/// The same time if poll(2) does not report that the line was read.
constexpr int kHeldTickMs = 1;
constexpr std::size_t kChunk = 16 * 1024;
constexpr int kPipeChunks = 4;
/// The time in which a process that closed its output may end by itself.
constexpr milliseconds kLastWords{500};
constexpr milliseconds kGrace{1000};
constexpr milliseconds kLook{2};
/// The number of silent ticks after the end of a process before nothing more is expected.
constexpr int kSilentTicks = 50;

}  // namespace

LineProcess::Result LineProcess::ask(std::string_view line, const Call& call,
                                     const std::function<void()>& silent) {
  if (const Result early = stale(); early != Result::answered) return early;
  std::size_t sent = 0;
  int silent_ticks = 0;
  bool patient = static_cast<bool>(silent);
  const Clock::time_point patient_until = patient ? Clock::now() + kPatience : Clock::time_point();
  while (!call.stopping()) {
    // The line break waits until the line was read. poll cannot report that for every pipe.
    const bool held = sent == line.size() && child_.unread() > 0;
    const bool sends = sent <= line.size() && (!held || child_.says_read());
    pollfd streams[] = {{child_.output(), POLLIN, 0},
                        {child_.errors(), POLLIN, 0},
                        {sends ? child_.input() : -1, POLLOUT, 0}};
    const bool idle = ::poll(streams, 3, held && !sends ? kHeldTickMs : kTickMs) <= 0;
    // A child of the process may hold its streams open, so that reading never finds an end. It may
    // also be the one that answers, so it gets some time.
    if (idle && child_.ended()) ++silent_ticks;
    if (idle && patient && Clock::now() >= patient_until) {
      patient = false;
      silent();
    }
    const bool last = silent_ticks > kSilentTicks;
    if (streams[1].revents) errors_.drain(child_);
    const bool ends_line = streams[2].revents && sent == line.size();
    if (streams[0].revents || last || ends_line) {
      const Result result = read(sent > line.size());
      if (result == Result::died || (last && result == Result::gone)) return lost(sent);
      if (result != Result::gone) return result;
    }
    const bool closed = streams[2].revents & POLLERR;
    if (closed || (streams[2].revents && !send(line, sent))) return lost(sent);
  }
  return Result::stopped;
}

/// Returns what the end of the process means for a line of which `sent` bytes were sent.
LineProcess::Result LineProcess::lost(std::size_t sent) const {
  if (child_.unread() != sent) return Result::died;
  return answer_.empty() ? Result::gone : Result::unasked;
}

/// Checks that the process is as it must be between two lines: alive and silent.
LineProcess::Result LineProcess::stale() {
  answer_.clear();
  searched_ = 0;
  const Result result = read(false);
  if (!answer_.empty()) return Result::unasked;
  return result == Result::died || child_.ended() ? Result::gone : Result::answered;
}

/// Reads all that is there. Here `gone` means that there is no whole line yet, and `died` that
/// there will be none.
LineProcess::Result LineProcess::read(bool all_sent) {
  for (;;) {
    char chunk[kChunk];
    const ssize_t got = ::read(child_.output(), chunk, sizeof chunk);
    if (got < 0 && would_wait(errno)) return Result::gone;
    if (got <= 0) return Result::died;
    answer_.append(chunk, static_cast<std::size_t>(got));
    if (const Result result = read_answer(all_sent); result != Result::gone) return result;
  }
}

LineProcess::Result LineProcess::read_answer(bool all_sent) {
  const std::size_t end = answer_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = answer_.size();
    return answer_.size() > limit_ ? Result::too_long : Result::gone;
  }
  // A line is no answer if the process has not read its own line to the end.
  if (end + 1 != answer_.size() || !all_sent || child_.unread() > 0) return Result::unasked;
  answer_.pop_back();
  return Result::answered;
}

/// Sends the line and, once that was read, the line break.
bool LineProcess::send(std::string_view line, std::size_t& sent) {
  if (sent == line.size() && child_.unread() > 0) return true;
  const std::string_view rest = sent == line.size() ? "\n" : line.substr(sent);
  const ssize_t written = write_quietly(child_.input(), rest);
  if (written < 0) return would_wait(errno);
  sent += static_cast<std::size_t>(written);
  return true;
}

bool LineProcess::drain_output() {
  char chunk[kChunk];
  const bool any = ::read(child_.output(), chunk, sizeof chunk) > 0;
  more_ = more_ || any;
  return any;
}

std::string LineProcess::obituary() {
  LineProcess* self = this;
  child_.close_input();
  const bool itself = wait_for({&self, 1}, kLastWords);
  // Makes sure that reading the last words comes to an end.
  child_.signal(SIGKILL);
  while (child_.errors() >= 0 && errors_.drain(child_)) {
  }
  child_.kill();
  const std::string words = errors_.last_line();
  const std::string fate = itself ? child_.fate() : "closed a standard stream and was killed";
  return fate + (words.empty() ? "" : ": " + words);
}

/// Returns whether all processes have ended within `grace`. It reads what they write meanwhile, so
/// that they can end.
bool LineProcess::wait_for(std::span<LineProcess* const> processes, milliseconds grace) {
  const Clock::time_point until = Clock::now() + grace;
  for (;;) {
    bool all = true;
    for (LineProcess* process : processes) {
      if (process->child_.ended()) continue;
      all = false;
      process->drain_output();
      if (process->child_.errors() >= 0) process->errors_.drain(process->child_);
    }
    if (all || Clock::now() >= until) return all;
    std::this_thread::sleep_for(kLook);
  }
}

bool LineProcess::end(std::span<LineProcess* const> processes) {
  for (LineProcess* process : processes) process->dismiss();
  if (!wait_for(processes, kGrace)) {
    for (LineProcess* process : processes) process->child_.signal(SIGTERM);
    wait_for(processes, kGrace);
  }
  bool good = true;
  for (LineProcess* process : processes) {
    // Reads no more than a pipe holds, since what is left of the group may go on writing.
    for (int i = 0; i < kPipeChunks && process->drain_output(); ++i) {
    }
    process->child_.kill();
    good = good && !process->more_;
  }
  return good;
}

}  // namespace weir::stages::exec
