#pragma once

#include <string>

#include "runtime/draw/drawing.h"

namespace weir::cli {

/// Returns the drawing as a Mermaid flowchart.
std::string mermaid(const Drawing& drawing);

}  // namespace weir::cli
