#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/spec/plan.h"
#include "graph/text/diagnostic.h"

namespace weir {

/// What turns a pipeline file into a Plan, beside its text.
struct LoadOptions {
  const Registry* registry = nullptr;
  const detail::ExpressionLanguage* expressions = nullptr;
  /// `--set name=value` and `--name=value`, in order; an unknown name is an error without position.
  std::vector<std::pair<std::string, std::string>> params;
  /// `--threads`; 0: what the file says.
  int threads = 0;
  /// How many threads `auto` means here: what affinity and the cgroup's quota allow.
  int auto_threads = 1;
  /// Stages that get faults injected, by name; they are called record by record.
  std::vector<std::string> chaos;
  /// All of them that see each record alone.
  bool chaos_everywhere = false;
  /// Loads a plugin into the registry; returns what is wrong with it, or nothing. `path` is as in
  /// the file, `directory` where the file lies.
  std::function<std::string(const std::string& path, const std::string& directory)> load_plugin;
};

/// A plan, unless any diagnostic is an error.
struct Loaded {
  std::optional<Plan> plan;
  std::vector<Diagnostic> diagnostics;  ///< Sorted by position.
};

/// Reads, binds, checks and lays out the pipeline in `text`. `file` is its name in diagnostics.
/// Finds every mistake in one go; never throws for what the text holds.
Loaded load_plan(std::string_view text, const std::string& file, const LoadOptions& options);

/// One of a pipeline's params, as `--help` shows it; `${...}` in it is not looked up.
struct ParamHelp {
  std::string name;
  std::string about;
  std::optional<std::string> default_text;  ///< None: it must be set.
};

/// What `weir run FILE --help` shows.
struct PipelineHelp {
  std::string name;
  std::string about;
  std::vector<ParamHelp> params;  ///< In the order of the file.
};

/// As much of it as can be read; mistakes are for `load_plan` to report.
PipelineHelp describe_pipeline(std::string_view text, const std::string& file);

}  // namespace weir
