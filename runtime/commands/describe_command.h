#pragma once

#include <string>

#include "runtime/process/runtime.h"

namespace weir::cli {

/// Runs `weir list`.
int list_command(Runtime& runtime);

/// The command line of `weir describe`.
struct DescribeArguments {
  std::string type;
  bool markdown = false;
};

/// Runs `weir describe`; returns 2 for an unknown type.
int describe_command(Runtime& runtime, const DescribeArguments& arguments);

}  // namespace weir::cli
