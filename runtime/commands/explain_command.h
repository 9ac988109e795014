#pragma once

#include "runtime/commands/pipeline_text.h"
#include "runtime/process/runtime.h"

namespace weir::cli {

/// The command line of `weir explain`.
struct ExplainArguments {
  PipelineChoice pipeline;
  int threads = 0;  ///< 0: the number in the file.
};

/// Explains on standard output what each stage of a pipeline will do.
int explain_command(Runtime& runtime, const ExplainArguments& arguments);

}  // namespace weir::cli
