#pragma once

#include <string>
#include <vector>

#include "graph/flow/report.h"
#include "runtime/pipeline_text.h"
#include "runtime/runtime.h"

namespace weir {

struct RunArguments {
  PipelineChoice pipeline;
  int threads = 0;  ///< 0: what the file says.
  bool quiet = false;
  bool verbose = false;
  bool strict = false;
  bool print_yaml = false;
  std::string errors;                     ///< Where all errors go; empty: nowhere.
  std::string chaos;                      ///< Faults to inject; empty: none.
  std::vector<std::string> chaos_stages;  ///< Where; empty: at all stages that can be.
};

/// Runs a pipeline; returns the process's exit code.
int run_command(Runtime& runtime, const RunArguments& arguments);

/// 0 ok, 1 failed, 3 not all as it should be with `--strict`, 128 and the signal if interrupted.
int exit_code(const Report& report, bool strict);

}  // namespace weir
