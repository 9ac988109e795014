#pragma once

#include <string>
#include <vector>

#include "graph/spec/load.h"

namespace weir {

/// What `weir run FILE --help` says of the file: its name, what it is for, its parameters.
/// `options`: those of the command, `--threads`; a parameter of such a name is set with --set.
std::string param_help(const PipelineHelp& help, const std::string& file,
                       const std::vector<std::string>& options);

}  // namespace weir
