#pragma once

#include <string>

#include "runtime/drawing.h"

namespace weir {

/// The drawing in Graphviz's language.
std::string dot(const Drawing& drawing);

}  // namespace weir
