#include "stages/exec/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir::stages::exec {
namespace {

/// Makes weir's end of a pipe non-blocking. The child's end blocks, as programs expect.
void unblock(const Fd& end) { ::fcntl(end.get(), F_SETFL, O_NONBLOCK); }

}  // namespace

Child::Child(const std::vector<std::string>& words, const Guard& guard, Input input,
             const std::string& program)
    : guard_(guard) {
  Fd its_input;
  Fd its_output;
  Fd its_errors;
  if (input != Input::none) make_pipe(its_input, input_);
  make_pipe(output_, its_output);
  make_pipe(errors_, its_errors);
  for (const Fd* end : {&input_, &output_, &errors_}) {
    if (end->open()) unblock(*end);
  }
  // The smallest pipe has one page. It has room again only once everything in it was read, and
  // poll(2) reports that.
  says_read_ =
      input == Input::lines && ::fcntl(input_.get(), F_SETPIPE_SZ, 1) == ::sysconf(_SC_PAGESIZE);
  pid_ = spawn(words, {its_input.get(), its_output.get(), its_errors.get()}, program);
  guard_.watch(pid_);
}

std::size_t Child::unread() const {
  int bytes = 0;
  if (!input_.open() || ::ioctl(input_.get(), FIONREAD, &bytes) != 0) return 0;
  return static_cast<std::size_t>(bytes);
}

bool Child::ended() const {
  if (pid_ < 0) return true;
  // The process stays a zombie. As long as its number is taken, a signal to its group reaches
  // nobody else.
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

void Child::kill() {
  if (pid_ > 0) {
    signal(SIGKILL);
    guard_.forget(pid_);
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  input_.reset();
  output_.reset();
  errors_.reset();
}

int Child::status() const {
  constexpr int kSignal = 128;
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : kSignal + WTERMSIG(status_);
}

std::string Child::fate() const {
  if (WIFEXITED(status_)) return "exited with status " + std::to_string(WEXITSTATUS(status_));
  const int number = WTERMSIG(status_);
  const char* name = ::sigdescr_np(number);
  return "was killed by signal " + std::to_string(number) +
         (name ? " (" + std::string(name) + ")" : std::string());
}

}  // namespace weir::stages::exec
