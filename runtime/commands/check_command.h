#pragma once

#include <string>
#include <vector>

#include "runtime/process/runtime.h"

namespace weir::cli {

/// The command line of `weir check`.
struct CheckArguments {
  std::vector<std::string> files;
  std::vector<std::string> sets;
};

/// Shows every mistake of every file; returns 2 if there is any error. For a single file without
/// errors it prints the bounds of what a run can have in flight.
int check_command(Runtime& runtime, const CheckArguments& arguments);

}  // namespace weir::cli
