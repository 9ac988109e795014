#pragma once

#include <cstddef>
#include <string>

#include "graph/compile/plan/plan.h"

namespace weir::cli {

/// Returns what each stage of the plan, in the order of the file, does about order, errors, time,
/// memory and concurrency, and at the end whether the same input always gives the same output.
/// Plain text of at most `width` columns, unless a word is longer.
std::string explanation(const compile::Plan& plan, std::size_t width);

}  // namespace weir::cli
