#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/spec/load.h"
#include "runtime/runtime.h"

namespace weir {

/// Which pipeline a command is about, as the command line says it.
struct PipelineChoice {
  std::string file;
  std::string inline_text;  ///< `-e`
  bool is_inline = false;
  std::vector<std::string> sets;     ///< `--set name=value`
  std::vector<std::string> unknown;  ///< Options that the command does not know: `--name=value`.
  std::vector<std::string> known;    ///< Those that it knows: `--threads`.
};

/// A pipeline's YAML and what diagnostics call it.
struct PipelineText {
  std::string name;
  std::string yaml;
};

/// Reads the file, or writes the YAML that `-e` stands for. What is wrong is on the console.
std::optional<PipelineText> read_pipeline_text(Runtime& runtime, const PipelineChoice& choice);

/// Takes the parameters of `--set` and `--name=value` apart. What is wrong is on the console.
bool read_params(Runtime& runtime, const PipelineChoice& choice, const PipelineText& text,
                 LoadOptions& options);

/// Prints what `--help` says of the pipeline's file; the exit code.
int show_params(Runtime& runtime, const PipelineChoice& choice);

/// How many of each severity were shown.
struct DiagnosticCounts {
  int errors = 0;
  int warnings = 0;
};

/// Shows diagnostics on the console; only the errors if `quiet`.
DiagnosticCounts show_diagnostics(Runtime& runtime, const std::vector<Diagnostic>& diagnostics,
                                  const std::string& yaml, bool quiet = false);

/// The plan of a pipeline that is only looked at, `threads` as with `--threads`; its diagnostics
/// are on the console. Nothing, if any is an error.
std::optional<Plan> load_shown(Runtime& runtime, const PipelineChoice& choice, int threads);

}  // namespace weir
