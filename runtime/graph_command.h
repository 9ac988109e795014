#pragma once

#include <string>

#include "runtime/pipeline_text.h"
#include "runtime/runtime.h"

namespace weir {

struct GraphArguments {
  PipelineChoice pipeline;
  int threads = 0;  ///< 0: what the file says.
  bool dot = false;
  bool svg = false;
  std::string output;  ///< Empty: standard output.
};

/// Draws a pipeline as it will run: as Mermaid, unless asked for something else.
int graph_command(Runtime& runtime, const GraphArguments& arguments);

}  // namespace weir
