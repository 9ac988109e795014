#pragma once

#include "runtime/pipeline_text.h"
#include "runtime/runtime.h"

namespace weir {

struct ExplainArguments {
  PipelineChoice pipeline;
  int threads = 0;  ///< 0: what the file says.
};

/// Says on standard output what each stage of a pipeline will do.
int explain_command(Runtime& runtime, const ExplainArguments& arguments);

}  // namespace weir
