#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stages/exec/child.h"
#include "weir/call.h"

namespace weir::exec {

/// A child process that gets a line and answers a line. Its standard error is read while it is
/// asked, so that it never waits for that, and only the end is kept. Not for use by two threads.
class LineProcess {
 public:
  /// `limit`: how long an answer may be. Throws Error of kind `exec` if it cannot be started.
  LineProcess(const std::vector<std::string>& words, std::size_t limit)
      : child_(words), limit_(limit) {}

  enum class Result : std::uint8_t {
    answered,
    gone,      ///< It had ended before the line was sent: nothing is lost.
    died,      ///< It ended, or closed a stream, with the line in its hands.
    stopped,   ///< The call was cancelled.
    unasked,   ///< It wrote more than its answer: who answers what is no longer known.
    too_long,  ///< The answer passed the limit.
  };
  /// Sends `line` and a line break, and waits for a line. After all but `answered` the process is
  /// out of step, or gone, and is to be thrown away. Looks at `call.stopping()` every 20 ms.
  Result ask(std::string_view line, const Call& call);
  /// The line that `ask` got, without its end.
  std::string_view answer() const { return answer_; }

  /// Kills it, or waits for the end that has begun, and says what became of it: "exited with
  /// status 1: last line on standard error".
  std::string obituary();

  /// Ends processes together: closes their input, gives them a second, asks them to end, gives
  /// them another, and kills those that are left.
  static void end(std::span<LineProcess* const> processes);

 private:
  bool send(std::string_view line, std::size_t& sent);
  /// Appends what the process wrote to `answer_`; false at its end.
  bool receive();
  /// Whether there was anything.
  bool drain_errors();
  void drain_output();
  Result read_answer(bool all_sent);
  Result stale();
  static bool wait_for(std::span<LineProcess* const> processes, std::chrono::milliseconds grace);

  Child child_;
  std::size_t limit_;
  std::string answer_;
  std::size_t searched_ = 0;  ///< So much of `answer_` holds no line break.
  std::string last_errors_;
};

}  // namespace weir::exec
