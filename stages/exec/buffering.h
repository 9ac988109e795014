#pragma once

#include <string>
#include <vector>

namespace weir::stages::exec {

/// Returns why a command that has been given a line may not have answered: its program gathers its
/// output when that is no terminal, and what keeps it from that. Empty if the command says so
/// already.
std::string why_silent(const std::vector<std::string>& words);

}  // namespace weir::stages::exec
