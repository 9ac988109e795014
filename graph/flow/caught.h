#pragma once

#include <string>

namespace weir {

/// What an error of a record is called that is a thrown C++ exception.
struct Caught {
  std::string kind;
  std::string message;
  bool retryable = true;
};

/// Names the exception that is being handled. Only inside a catch block; rethrows OutOfMemory.
Caught caught_exception();

}  // namespace weir
