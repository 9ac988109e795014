#pragma once

#include <string>

#include "graph/spec/load.h"

namespace weir {

/// What `weir run FILE --help` says of the file: its name, what it is for, its parameters.
std::string param_help(const PipelineHelp& help, const std::string& file);

}  // namespace weir
