#pragma once

#include "stages/lua/expression_tree.h"
#include "weir/expression.h"

namespace weir::stages::lua {

/// Checks what calls say in quotes: patterns, formats, zones, durations, algorithms. Returns false
/// and fills `problem` if one is wrong; else notes in the tree what depends on the time or the
/// place of the run.
bool check_calls(const Node& node, Tree& tree, detail::ExpressionProblem& problem);

/// Has nested JSON come as such where it is counted, taken apart, put into a list or an object, or
/// is the value of the expression. Elsewhere it is its text.
void name_nested(Tree& tree);

}  // namespace weir::stages::lua
