#pragma once

#include <string>

#include "runtime/runtime.h"

namespace weir {

/// `weir list`
int list_command(Runtime& runtime);

struct DescribeArguments {
  std::string type;
  bool markdown = false;
};

/// `weir describe`; 2 for a type that is not there.
int describe_command(Runtime& runtime, const DescribeArguments& arguments);

}  // namespace weir
