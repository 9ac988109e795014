#include "stages/exec/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "weir/error.h"

namespace weir::exec {
namespace {

std::string error_text(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail(const std::string& what, int error) {
  const bool lasting = error == ENOENT || error == EACCES || error == ENOEXEC || error == ENOTDIR;
  throw Error("exec", what + ": " + error_text(error), !lasting);
}

/// The child's end blocks as programs expect, weir's does not.
void make_pipe(Fd& read_end, Fd& write_end, bool child_reads) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("cannot make a pipe", errno);
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  for (Fd* end : {&read_end, &write_end}) {
    // Not 0, 1 or 2, which weir may have been started without: the child's own streams would
    // overwrite it there before it is used.
    if (end->get() <= STDERR_FILENO) {
      const int moved = ::fcntl(end->get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
      if (moved < 0) fail("cannot make a pipe", errno);
      end->reset(moved);
    }
  }
  ::fcntl((child_reads ? write_end : read_end).get(), F_SETFL, O_NONBLOCK);
}

/// What posix_spawn needs to know, freed with it.
class SpawnPlan {
 public:
  SpawnPlan(int input, int output, int errors) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, errors, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    // What weir ignores or blocks for itself, a program does not expect to inherit.
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  int spawn(pid_t& pid, const std::vector<std::string>& words) const {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    return ::posix_spawnp(&pid, arguments[0], &files_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

}  // namespace

void Fd::reset(int fd) {
  const int old = std::exchange(fd_, fd);
  if (old >= 0) ::close(old);
}

Child::Child(const std::vector<std::string>& words) {
  Fd its_input;
  Fd its_output;
  Fd its_errors;
  make_pipe(its_input, input_, true);
  make_pipe(output_, its_output, false);
  make_pipe(errors_, its_errors, false);
  const SpawnPlan plan(its_input.get(), its_output.get(), its_errors.get());
  const int error = plan.spawn(pid_, words);
  if (error == 0) return;
  pid_ = -1;
  fail("cannot start '" + words.front() + "'", error);
}

bool Child::ended() const {
  if (pid_ < 0) return true;
  // It stays a zombie: as long as its number is taken, a signal to its group hits nobody else.
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
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  input_.reset();
  output_.reset();
  errors_.reset();
}

std::string Child::fate() const {
  if (WIFEXITED(status_)) return "exited with status " + std::to_string(WEXITSTATUS(status_));
  const int number = WTERMSIG(status_);
  const char* name = ::sigdescr_np(number);
  return "was killed by signal " + std::to_string(number) +
         (name ? " (" + std::string(name) + ")" : std::string());
}

void check_runnable(const std::string& program) {
  const auto runnable = [](const std::string& path) { return ::access(path.c_str(), X_OK) == 0; };
  const std::string what = "cannot start '" + program + "'";
  if (program.find('/') != std::string::npos) {
    if (!runnable(program)) fail(what, errno);
    return;
  }
  const char* path = std::getenv("PATH");
  std::string_view folders = path ? path : "/bin:/usr/bin";
  for (;;) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const std::string folder(end == 0 ? "." : folders.substr(0, end));
    if (runnable(folder + '/' + program)) return;
    if (end == folders.size()) fail(what, ENOENT);
    folders.remove_prefix(end + 1);
  }
}

ssize_t write_quietly(int fd, std::string_view first, std::string_view second) {
  // A pipe has no MSG_NOSIGNAL: the signal is blocked, taken if it came, and let through again.
  sigset_t broken_pipe;
  sigset_t before;
  sigset_t pending;
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::sigpending(&pending);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
  const iovec pieces[] = {{const_cast<char*>(first.data()), first.size()},
                          {const_cast<char*>(second.data()), second.size()}};
  const ssize_t written = ::writev(fd, pieces, 2);
  const int error = errno;
  if (written < 0 && error == EPIPE && ::sigismember(&pending, SIGPIPE) == 0) {
    const timespec now{};
    while (::sigtimedwait(&broken_pipe, nullptr, &now) < 0 && errno == EINTR) {
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

}  // namespace weir::exec
