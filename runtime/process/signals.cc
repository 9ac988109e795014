#include "runtime/process/signals.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#include "runtime/process/last_words.h"

namespace weir::cli {
namespace {

constexpr int kPatience = 3;
/// timeout(1) signals its child and then its group, so the child gets the signal twice. A second
/// signal that a person sends comes later than this.
constexpr auto kEcho = std::chrono::milliseconds(100);

bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Returns the signals to take. A write that fails raises SIGPIPE or SIGXFSZ in its own thread,
/// where it stays blocked and without effect.
sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGXCPU, SIGPIPE, SIGXFSZ}) sigaddset(&set, signal);
  // nohup(1), and a shell that puts a program into the background, ignore them on purpose.
  for (const int signal : {SIGHUP, SIGQUIT}) {
    if (!ignored(signal)) sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

void Signals::block() {
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Signals::Signals(std::function<void(int)> on_signal) : on_signal_(std::move(on_signal)) {
  block();
  const sigset_t set = ending_signals();
  signal_fd_ = ::signalfd(-1, &set, SFD_CLOEXEC);
  stop_fd_ = ::eventfd(0, EFD_CLOEXEC);
  if (signal_fd_ < 0 || stop_fd_ < 0) {
    throw std::runtime_error(std::string("cannot listen for signals: ") + std::strerror(errno));
  }
  thread_ = std::thread([this] { listen(); });
}

Signals::~Signals() {
  const std::uint64_t one = 1;
  while (::write(stop_fd_, &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
  ::close(signal_fd_);
  ::close(stop_fd_);
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void Signals::listen() {
  for (int seen = 0;;) {
    pollfd fds[] = {{signal_fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents) return;
    signalfd_siginfo info{};
    if (::read(signal_fd_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) continue;
    const int signal = static_cast<int>(info.ssi_signo);
    if (is_echo(signal)) continue;
    if (++seen >= kPatience) end_process(128 + signal);
    on_signal_(signal);
  }
}

bool Signals::is_echo(int signal) {
  const auto now = std::chrono::steady_clock::now();
  if (signal == last_ && (signal == SIGXCPU || now - last_at_ < kEcho)) return true;
  last_ = signal;
  last_at_ = now;
  return false;
}

}  // namespace weir::cli
