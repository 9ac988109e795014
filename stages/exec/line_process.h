#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/exec/child.h"
#include "stages/exec/error_tail.h"
#include "weir/call.h"

namespace weir::stages::exec {

/// A child process that gets a line and answers with a line. Its standard error is read while it is
/// asked, so that it never has to wait for that; only the end of it is kept. Not for use by two
/// threads.
///
/// No protocol says which line an answer belongs to. So a line is sent first, and its line break
/// only when all of the line has been read. By then the process has written all that it has to say
/// about earlier lines, so what is there answers nothing. What comes after the line break is the
/// answer to this line. A surplus line is noticed when the next line is asked, or at the end. (A
/// process that reads ahead of its work can be noticed only at the end.)
class LineProcess {
 public:
  /// `limit` is the longest answer in bytes. Throws Error of kind `exec` if the process cannot be
  /// started.
  LineProcess(const std::vector<std::string>& words, std::size_t limit, const Guard& guard)
      : child_(words, guard, Child::Input::lines), limit_(limit) {}

  enum class Result : std::uint8_t {
    answered,
    /// It ended before it read a byte of the line, which another process may answer.
    gone,
    /// It ended, or closed a stream, after it began to read the line.
    died,
    /// The call was cancelled.
    stopped,
    /// It wrote more than its answers, so it is unknown which line they answer.
    unasked,
    /// The answer is longer than the limit.
    too_long,
  };
  /// Sends `line` and a line break, and waits for a line. After any result but `answered` the
  /// process is gone or out of step, and must be discarded. Checks `call.stopping()` every 20 ms.
  /// `silent` is called once, when it has waited for `kPatience`.
  Result ask(std::string_view line, const Call& call, const std::function<void()>& silent = {});
  static constexpr std::chrono::seconds kPatience{5};
  /// Returns the line that `ask` got, without its line break.
  std::string_view answer() const { return answer_; }

  /// Kills the process, or waits for its end if that has begun. Returns how it ended: "exited with
  /// status 1: last line on standard error".
  std::string obituary();

  /// Closes its input, which asks it to end.
  void dismiss() { child_.close_input(); }
  /// Ends processes together: closes their input, gives them a second, sends SIGTERM, gives them
  /// another second, and kills those that are left. Returns false if one of them has written more
  /// than it was asked for.
  static bool end(std::span<LineProcess* const> processes);

 private:
  bool send(std::string_view line, std::size_t& sent);
  Result lost(std::size_t sent) const;
  /// Returns whether there was anything to read.
  bool drain_output();
  Result read(bool all_sent);
  Result read_answer(bool all_sent);
  Result stale();
  static bool wait_for(std::span<LineProcess* const> processes, std::chrono::milliseconds grace);

  Child child_;
  std::size_t limit_;
  std::string answer_;
  std::size_t searched_ = 0;  ///< The bytes of `answer_` in which there is no line break.
  bool more_ = false;         ///< True if something came after the last answer.
  ErrorTail errors_;
};

}  // namespace weir::stages::exec
