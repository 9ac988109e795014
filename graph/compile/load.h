#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/compile/plan/load_options.h"
#include "graph/compile/plan/plan.h"
#include "graph/text/diagnostic.h"

namespace weir::compile {

/// The result of loading: a plan, unless any diagnostic is an error.
struct Loaded {
  std::optional<Plan> plan;
  std::vector<text::Diagnostic> diagnostics;  ///< Sorted by position.
  std::vector<Mark> hidden;                   ///< The positions of secrets in the file.
};

/// Reads, binds, checks and lays out the pipeline in `text`. `file` is its name in diagnostics. All
/// mistakes are reported at once; whatever the text holds, nothing is thrown.
Loaded load_plan(std::string_view text, const std::string& file, const LoadOptions& options);

/// A param of a pipeline as `--help` shows it, with each `${...}` as written.
struct ParamHelp {
  std::string name;
  std::string about;
  std::optional<std::string> default_text;  ///< Nothing: the param must be set.
};

/// The description of a pipeline that `weir run FILE --help` shows.
struct PipelineHelp {
  std::string name;
  std::string about;
  std::vector<ParamHelp> params;  ///< In the order of the file.
};

/// Describes the pipeline as far as it can be read. Mistakes are left to `load_plan`.
PipelineHelp describe_pipeline(std::string_view text, const std::string& file);

}  // namespace weir::compile
