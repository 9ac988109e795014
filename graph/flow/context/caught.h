#pragma once

#include <string>

#include "weir/detail/arena.h"

namespace weir::flow {

/// The kind and message of a record's error that was thrown as a C++ exception.
struct Caught {
  std::string kind;
  std::string message;
  bool retryable = true;
};

/// Describes the exception that is being handled. Call it only in a catch block. Rethrows
/// OutOfMemory.
Caught caught_exception();
/// Does the same in a call that works in `arena`. If the arena refused memory, any exception that
/// the stage threw in its place counts as OutOfMemory.
Caught caught_exception(const detail::Arena& arena);

}  // namespace weir::flow
