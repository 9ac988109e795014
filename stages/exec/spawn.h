#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "stages/exec/fd.h"

namespace weir::stages::exec {

/// Throws Error of kind `exec`. An error that will be the same the next time is permanent.
[[noreturn]] void fail_of(const std::string& what, int error);

/// Makes a pipe for a child's standard stream. No child inherits its ends by itself. Throws Error.
void make_pipe(Fd& read_end, Fd& write_end);

/// The descriptors that become a child's standard streams; -1 is /dev/null.
struct Streams {
  int input = -1;
  int output = -1;
  int errors = -1;
};

/// Starts `program`, or else what the first word names in PATH, with default signals, and returns
/// its number. It is the first of a new process group, so that only weir gets the terminal's
/// Ctrl-C. Throws Error.
pid_t spawn(const std::vector<std::string>& words, const Streams& streams,
            const std::string& program = {});

/// Returns the path of `program`, a path or a name in PATH. Throws Error of kind `exec` unless it
/// can be executed.
std::string find_program(const std::string& program);

/// Returns whether an error of read(2) or write(2) says that there is nothing, or no room, yet.
bool would_wait(int error);

/// Writes two pieces with one writev(2). A reader that is gone is the error EPIPE, not a signal.
ssize_t write_quietly(int fd, std::string_view first, std::string_view second = {});

}  // namespace weir::stages::exec
