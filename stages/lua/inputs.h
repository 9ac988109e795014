#pragma once

#include <string>

#include "stages/lua/expression_tree.h"
#include "weir/record.h"

namespace weir::lua {

/// What the record has for an input. The bytes are the record's, or `made`'s.
Value read_input(const Input& input, const Record& record, std::string& made);

}  // namespace weir::lua
