#pragma once

#include <span>
#include <string>
#include <string_view>

#include "weir/registry.h"

namespace weir {

/// Registers every built-in stage type.
void add_builtin_stages(Registry& registry);

/// The language of `where:`, `when:`, `set:` (stages/lua). Lives as long as the process.
const detail::ExpressionLanguage& expression_language();

/// Reads `steps` inside raw JSON (stages/json): what detail::Host::json_at needs.
Value json_at(std::string_view json, std::span<const std::string> steps, detail::Arena& arena);

}  // namespace weir
