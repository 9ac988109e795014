#pragma once

#include "runtime/commands/pipeline_text.h"
#include "runtime/process/runtime.h"

namespace weir::cli {

/// The command line of `weir try`.
struct TryArguments {
  PipelineChoice pipeline;
  int records = 3;
  bool calls = false;  ///< True if stages may ask something outside of the run.
};

/// Runs the first records through a pipeline whose sinks write nothing, and shows on standard
/// output what every stage made of them; without `calls`, also what it would ask services and
/// processes.
int try_command(Runtime& runtime, const TryArguments& arguments);

}  // namespace weir::cli
