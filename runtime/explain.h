#pragma once

#include <cstddef>
#include <string>

#include "graph/spec/plan.h"

namespace weir {

/// What each stage of the plan, in the order of the file, does about order, errors, time, memory
/// and concurrency; and at the end whether the same input always gives the same output. Plain text,
/// at most `width` columns where words allow it.
std::string explanation(const Plan& plan, std::size_t width);

}  // namespace weir
