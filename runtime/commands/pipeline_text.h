#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/compile/load.h"
#include "runtime/process/runtime.h"

namespace weir::cli {

/// The pipeline that a command is about, as the command line names it.
struct PipelineChoice {
  std::string file;
  std::string inline_text;  ///< The value of `-e`.
  bool is_inline = false;
  std::vector<std::string> files;    ///< With `-e`: what is read instead of standard input.
  std::vector<std::string> sets;     ///< The values of `--set`: `name=value`.
  std::vector<std::string> unknown;  ///< Options that the command does not know: `--name=value`.
  std::vector<std::string> known;    ///< Options that the command knows: `--threads`.
};

/// A pipeline's YAML, and its name in diagnostics.
struct PipelineText {
  std::string name;
  std::string yaml;
};

/// Reads the file, or writes the YAML that `-e` stands for. Returns nothing after a failure, which
/// it reports on the console.
std::optional<PipelineText> read_pipeline_text(Runtime& runtime, const PipelineChoice& choice);

/// Adds the parameters of `--set` and `--name=value` to `options`. Returns false if any is wrong,
/// which it reports on the console.
bool read_params(Runtime& runtime, const PipelineChoice& choice, const PipelineText& text,
                 compile::LoadOptions& options);

/// Prints the part of `--help` about the pipeline's file; returns the exit code.
int show_params(Runtime& runtime, const PipelineChoice& choice);

/// The numbers of errors and warnings found.
struct DiagnosticCounts {
  int errors = 0;
  int warnings = 0;
};

/// Which diagnostics are shown: notes are for those who check a file, not for each run of it.
enum class Shown : std::uint8_t { errors, warnings, notes };

/// Shows diagnostics on the console.
DiagnosticCounts show_diagnostics(Runtime& runtime,
                                  const std::vector<text::Diagnostic>& diagnostics,
                                  const std::string& yaml, Shown shown = Shown::warnings);

/// Shows the diagnostics of a pipeline that was loaded; no excerpt contains its secrets.
DiagnosticCounts show_diagnostics(Runtime& runtime, const compile::Loaded& loaded,
                                  const std::string& yaml, Shown shown = Shown::warnings);

/// Returns the plan of a pipeline that is shown and not run; `threads` is as with `--threads`.
/// Diagnostics go to the console. Returns nothing if any is an error.
std::optional<compile::Plan> load_shown(Runtime& runtime, const PipelineChoice& choice,
                                        int threads);

}  // namespace weir::cli
