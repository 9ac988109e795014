#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "stages/exec/child.h"
#include "stages/exec/error_tail.h"
#include "weir/call.h"

namespace weir::stages::exec {

/// One run of a command, from its start to its end: it gets an input, and what it writes is
/// gathered. What is left of its process group then is killed. Not for use by two threads.
class CommandRun {
 public:
  enum class Result : std::uint8_t {
    ended,
    stopped,  ///< The call was cancelled.
    too_long  ///< It wrote more than the limit.
  };

  /// Starts `program` with `words`, of which the first is its name. `limit` is the longest output
  /// in bytes. Throws Error of kind `exec` if it cannot be started.
  CommandRun(const std::string& program, const std::vector<std::string>& words,
             std::string_view input, std::size_t limit, const Guard& guard)
      : child_(words, guard, input.empty() ? Child::Input::none : Child::Input::bytes, program),
        input_(input),
        limit_(limit) {}

  /// Waits for the end. Checks `call.stopping()` every 20 ms. After any result but `ended`, the
  /// process is killed with this object.
  Result finish(const Call& call);

  /// These are known once it has ended: its output, its exit status (128 + N after signal N), and
  /// how it ended: "exited with status 1: last line on standard error".
  const std::string& output() const { return output_; }
  int status() const { return child_.status(); }
  std::string fate() const;

 private:
  bool read_output();
  void write_input();
  bool wait_for_exit(const Call& call);

  Child child_;
  std::string_view input_;
  std::size_t limit_;
  std::string output_;
  ErrorTail errors_;
};

}  // namespace weir::stages::exec
