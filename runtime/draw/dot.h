#pragma once

#include <string>

#include "runtime/draw/drawing.h"

namespace weir::cli {

/// Returns the drawing in Graphviz's language.
std::string dot(const Drawing& drawing);

}  // namespace weir::cli
