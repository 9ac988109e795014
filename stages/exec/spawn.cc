#include "stages/exec/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "weir/error.h"

namespace weir::stages::exec {
namespace {

/// The file actions and attributes for posix_spawn, which it frees.
class SpawnPlan {
 public:
  explicit SpawnPlan(const Streams& streams) {
    ::posix_spawn_file_actions_init(&files_);
    take(streams.input, STDIN_FILENO);
    take(streams.output, STDOUT_FILENO);
    take(streams.errors, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    // A program does not expect to inherit what weir ignores or blocks for itself.
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

  int spawn(pid_t& pid, const std::vector<std::string>& words, const std::string& program) const {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    // The search in PATH costs a failed execve(2) for each folder, in the child.
    if (!program.empty()) {
      return ::posix_spawn(&pid, program.c_str(), &files_, &attributes_, arguments.data(), environ);
    }
    return ::posix_spawnp(&pid, arguments[0], &files_, &attributes_, arguments.data(), environ);
  }

 private:
  void take(int fd, int as) {
    if (fd >= 0) {
      ::posix_spawn_file_actions_adddup2(&files_, fd, as);
    } else {
      ::posix_spawn_file_actions_addopen(&files_, as, "/dev/null", O_RDWR, 0);
    }
  }

  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

}  // namespace

void fail_of(const std::string& what, int error) {
  const bool lasting =
      error == ENOENT || error == EACCES || error == ENOEXEC || error == ENOTDIR || error == E2BIG;
  throw Error("exec", what + ": " + std::generic_category().message(error), !lasting);
}

void make_pipe(Fd& read_end, Fd& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail_of("cannot make a pipe", errno);
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  for (Fd* end : {&read_end, &write_end}) {
    // Not 0, 1 or 2, which are free if weir was started without them. The child's own streams would
    // overwrite such an end before it is used.
    if (end->get() <= STDERR_FILENO) {
      const int moved = ::fcntl(end->get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
      if (moved < 0) fail_of("cannot make a pipe", errno);
      end->reset(moved);
    }
  }
}

pid_t spawn(const std::vector<std::string>& words, const Streams& streams,
            const std::string& program) {
  pid_t pid = -1;
  const int error = SpawnPlan(streams).spawn(pid, words, program);
  if (error != 0) fail_of("cannot start '" + words.front() + "'", error);
  return pid;
}

bool would_wait(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

std::string find_program(const std::string& program) {
  const auto runnable = [](const std::string& path) {
    struct stat info {};
    if (::access(path.c_str(), X_OK) != 0 || ::stat(path.c_str(), &info) != 0) return false;
    if (!S_ISDIR(info.st_mode)) return true;
    errno = EACCES;  // As execve(2) says.
    return false;
  };
  const std::string what = "cannot start '" + program + "'";
  if (program.find('/') != std::string::npos) {
    if (!runnable(program)) fail_of(what, errno);
    return program;
  }
  const char* path = std::getenv("PATH");
  std::string_view folders = path ? path : "/bin:/usr/bin";
  for (;;) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const std::string folder(end == 0 ? "." : folders.substr(0, end));
    const std::string found = folder + '/' + program;
    if (runnable(found)) return found;
    if (end == folders.size()) fail_of(what, ENOENT);
    folders.remove_prefix(end + 1);
  }
}

ssize_t write_quietly(int fd, std::string_view first, std::string_view second) {
  // Pipes have no MSG_NOSIGNAL. So the signal is blocked, consumed if it came, and unblocked.
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

}  // namespace weir::stages::exec
