#pragma once

#include <string>

#include "stages/lua/expression_tree.h"
#include "weir/record.h"

namespace weir::stages::lua {

/// Returns the record's value for an input. Its bytes are the record's, or those of `made`.
Value read_input(const Input& input, const Record& record, std::string& made);

}  // namespace weir::stages::lua
