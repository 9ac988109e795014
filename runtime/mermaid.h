#pragma once

#include <string>

#include "runtime/drawing.h"

namespace weir {

/// The drawing as a Mermaid flowchart.
std::string mermaid(const Drawing& drawing);

}  // namespace weir
