#pragma once

#include <string>
#include <vector>

#include "graph/compile/load.h"

namespace weir::cli {

/// Returns the text of `weir run FILE --help` about the file: its name, its purpose, its
/// parameters. `options` are those of the command, such as `--threads`; a parameter of the same
/// name is set with --set.
std::string param_help(const compile::PipelineHelp& help, const std::string& file,
                       const std::vector<std::string>& options);

}  // namespace weir::cli
