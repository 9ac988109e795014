#pragma once

#include <sys/types.h>

#include "stages/exec/fd.h"

namespace weir::stages::exec {

/// Kills the process groups of children that weir leaves behind, however weir ends, also by `kill
/// -9`. It is a small process that waits for the end of a pipe from weir. Rejected:
/// PR_SET_PDEATHSIG, which reaches the child alone and nothing that the child has started, and
/// which fires when the thread ends that started the child. For any thread.
class Guard {
 public:
  /// Starts the process. Throws Error of kind `exec`.
  Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  /// Kills the groups that it still watches.
  ~Guard();

  void watch(pid_t group) const { tell('+', group); }
  /// Call this before the group's first process is reaped; after that, another process may get its
  /// number.
  void forget(pid_t group) const { tell('-', group); }

 private:
  void tell(char what, pid_t group) const;

  pid_t pid_ = -1;
  Fd input_;
};

}  // namespace weir::stages::exec
