#pragma once

#include <string>

#include "stages/exec/child.h"

namespace weir::stages::exec {

/// The end of what a process has written to its standard error: no more is kept.
class ErrorTail {
 public:
  /// Reads what is there. Returns whether there was anything; closes the stream at its end.
  bool drain(Child& child);
  /// Returns the last line that is not blank, clipped; empty if there is none.
  std::string last_line() const;

 private:
  std::string text_;
};

}  // namespace weir::stages::exec
