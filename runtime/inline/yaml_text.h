#pragma once

#include <string>
#include <string_view>

namespace weir::cli {

/// Returns `text` as a YAML scalar with exactly this value: plain where that is safe and reads
/// well, else in quotes. `in_flow`: inside `[...]`.
std::string yaml_scalar(std::string_view text, bool in_flow = false);

}  // namespace weir::cli
