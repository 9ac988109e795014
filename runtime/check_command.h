#pragma once

#include <string>
#include <vector>

#include "runtime/runtime.h"

namespace weir {

struct CheckArguments {
  std::vector<std::string> files;
  std::vector<std::string> sets;
};

/// Shows every mistake of every file; 2 if there is any error. Of one file alone without any it
/// prints the most that a run can have in flight.
int check_command(Runtime& runtime, const CheckArguments& arguments);

}  // namespace weir
