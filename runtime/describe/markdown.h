#pragma once

#include <string>

#include "weir/registry.h"

namespace weir::cli {

/// Returns docs/reference.md: every stage type with its options, from the same declarations that
/// check pipelines.
std::string markdown_reference(const Registry& registry);

}  // namespace weir::cli
