#pragma once

#include "runtime/pipeline_text.h"
#include "runtime/runtime.h"

namespace weir {

struct TryArguments {
  PipelineChoice pipeline;
  int records = 3;
};

/// Runs the first records through a pipeline whose sink writes nothing, and shows on standard
/// output what every stage made of them.
int try_command(Runtime& runtime, const TryArguments& arguments);

}  // namespace weir
