#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "stages/exec/guard.h"
#include "stages/exec/spawn.h"

namespace weir::stages::exec {

/// A child process with pipes for its standard streams. It has a process group of its own, so that
/// only weir gets the terminal's Ctrl-C. Weir's ends of the pipes do not block, and no other child
/// inherits them. Not for use by two threads.
class Child {
 public:
  /// What its standard input is for: lines, each sent once the one before was read; bytes; or it
  /// has none.
  enum class Input : std::uint8_t { lines, bytes, none };

  /// Starts the process: `program`, or else what the first word names in PATH. Throws Error of kind
  /// `exec`. `guard` must outlive the child.
  Child(const std::vector<std::string>& words, const Guard& guard, Input input,
        const std::string& program = {});
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Kills what is left of the group.
  ~Child() { kill(); }

  int input() const { return input_.get(); }
  int output() const { return output_.get(); }
  int errors() const { return errors_.get(); }
  /// Returns how many bytes of its input nobody has read yet.
  std::size_t unread() const;
  /// True if poll(2) reports room for more input only once everything before was read.
  bool says_read() const { return says_read_; }
  void close_input() { input_.reset(); }
  void close_output() { output_.reset(); }
  void close_errors() { errors_.reset(); }
  /// Returns its number; negative once the process was reaped.
  pid_t pid() const { return pid_; }

  /// Returns whether the process itself has ended; its children may still run.
  bool ended() const;
  /// Sends a signal to the whole group, unless the process was reaped.
  void signal(int number) const;
  /// Kills the group, waits for the process, and closes the pipes.
  void kill();
  /// Returns how it ended: "exited with status 3", "was killed by signal 9 (Killed)". Call it after
  /// `kill`. A process that had ended before reports its own end.
  std::string fate() const;
  /// Returns its exit status, 128 + N after signal N. Call it after `kill`.
  int status() const;

 private:
  const Guard& guard_;
  bool says_read_ = false;
  pid_t pid_ = -1;  ///< Negative once the process was reaped.
  int status_ = 0;
  Fd input_;
  Fd output_;
  Fd errors_;
};

}  // namespace weir::stages::exec
