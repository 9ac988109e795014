#pragma once

#include <string>
#include <vector>

#include "graph/flow/api/report.h"
#include "runtime/commands/pipeline_text.h"
#include "runtime/process/runtime.h"

namespace weir::cli {

/// The command line of `weir run`.
struct RunArguments {
  PipelineChoice pipeline;
  int threads = 0;  ///< 0: the number in the file.
  bool quiet = false;
  bool verbose = false;
  bool strict = false;
  bool print_yaml = false;
  std::string errors;                     ///< The file for all errors; empty: none.
  std::string chaos;                      ///< The faults to inject; empty: none.
  std::vector<std::string> chaos_stages;  ///< The stages for faults; empty: all possible ones.
};

/// Runs a pipeline; returns the process's exit code.
int run_command(Runtime& runtime, const RunArguments& arguments);

/// Returns 0 for ok, 1 for failed, 3 with `--strict` if any record was skipped, kept, dead-lettered
/// or shed, and 128 plus the signal's number for interrupted.
int exit_code(const flow::Report& report, bool strict);

}  // namespace weir::cli
