#pragma once

#include <string>
#include <vector>

#include "tests/flow/kit/pipeline.h"
#include "tests/flow/random/call_interpreter.h"

namespace weir::flow::test {

/// What test.letters got.
std::vector<std::string> letters_of(Pipeline& run);

/// Runs the pipeline and checks all that the contract promises against what the oracle says. Limits
/// that were drawn too small for the pipeline are raised until they are not.
void compare(CallPipeline& pipeline, const CallExpected& expected, int threads);

/// Runs a pipeline of which clocks decide what becomes of some records, and checks what surely
/// holds: the sums, the order, that nothing came twice or late.
void check_shaky(CallPipeline& pipeline, int threads);

}  // namespace weir::flow::test
