#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace weir::exec {

/// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void reset(int fd = -1);

 private:
  int fd_;
};

/// A child process in a process group of its own, so that the terminal's Ctrl-C is weir's alone,
/// with pipes for its standard streams; this end of them does not block, and no other child
/// inherits it. Not for use by two threads.
class Child {
 public:
  /// Starts it; throws Error of kind `exec`.
  explicit Child(const std::vector<std::string>& words);
  /// Kills what is left of the group.
  ~Child() { kill(); }

  int input() const { return input_.get(); }
  int output() const { return output_.get(); }
  int errors() const { return errors_.get(); }
  void close_input() { input_.reset(); }
  void close_errors() { errors_.reset(); }

  /// Whether the process itself has ended; its children may live on.
  bool ended() const;
  /// Sends a signal to the whole group, unless the process was reaped.
  void signal(int number) const;
  /// Kills the group, waits for the process, and closes the pipes.
  void kill();
  /// How it ended: "exited with status 3", "was killed by signal 9 (Killed)". After `kill`; a
  /// process that had ended before says how it ended itself.
  std::string fate() const;

 private:
  pid_t pid_ = -1;  ///< Below 0: reaped.
  int status_ = 0;
  Fd input_;
  Fd output_;
  Fd errors_;
};

/// Throws Error of kind `exec` if `program` is nothing that can be executed, as a path or in PATH.
void check_runnable(const std::string& program);

/// write(2) of two pieces, where a reader that is gone is EPIPE and no signal.
ssize_t write_quietly(int fd, std::string_view first, std::string_view second);

}  // namespace weir::exec
