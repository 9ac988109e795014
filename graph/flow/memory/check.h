#pragma once

// WEIR_CHECK tests an invariant of the engine in every build: a run that has miscounted its memory
// or its tokens must not produce an output that looks complete. What is tested for every record
// uses assert instead.

#define WEIR_CHECK(condition) \
  ((condition) ? void() : ::weir::flow::check_failed(#condition, __FILE__, __LINE__))

namespace weir::flow {

/// Writes the failed condition to standard error and ends the process with std::terminate.
/// Allocates nothing.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace weir::flow
