#pragma once

#include <memory>
#include <string>

namespace weir::flow {

class Attempt;

/// The final error of a call, after which no attempt follows.
struct CallError {
  std::string kind;
  std::string message;
  bool deadline = false;  ///< True if `on_deadline` says what follows, and not `on_error`.
  bool fatal = false;     ///< True if it fails the run: a late call still holds a key's state.
  std::shared_ptr<Attempt> teller{};  ///< The attempt whose record tells fields; null if none does.
};

}  // namespace weir::flow
