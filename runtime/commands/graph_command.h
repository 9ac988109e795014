#pragma once

#include <string>

#include "runtime/commands/pipeline_text.h"
#include "runtime/process/runtime.h"

namespace weir::cli {

/// The command line of `weir graph`.
struct GraphArguments {
  PipelineChoice pipeline;
  int threads = 0;  ///< 0: the number in the file.
  bool dot = false;
  bool svg = false;
  std::string output;  ///< Empty: standard output.
};

/// Draws a pipeline as it will run: as Mermaid, unless DOT or SVG is asked for.
int graph_command(Runtime& runtime, const GraphArguments& arguments);

}  // namespace weir::cli
