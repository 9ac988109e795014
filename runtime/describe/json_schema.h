#pragma once

#include <string>

#include "weir/registry.h"

namespace weir::cli {

/// Returns a JSON Schema (draft 7) of pipeline files with the types of `registry`, for editors. It
/// comes from the declarations that check pipelines. What it says is wrong, weir says too; what
/// takes more than one key to know, or what an expression means, it lets pass.
std::string json_schema(const Registry& registry);

}  // namespace weir::cli
