#pragma once

#include <cstdint>

// The system may refuse memory that limits.memory allows: `ulimit -v`, strict overcommit, a full
// address space. A MemoryPool then has no block left. The rest of the engine allocates with
// operator new, partly in places that cannot fail halfway. For those, some memory is set aside when
// the process starts. It lasts until the run has noticed the refusal and has ended.

namespace weir::flow {

/// Sets memory aside, or replaces the part that was spent, and installs the handler of operator new
/// that spends it. The handler retries once if the request was too large or the refusal is already
/// over.
void lay_memory_by();

/// Returns how often the system refused memory that the engine cannot do without. A run fails if
/// this number grows while it runs.
std::uint64_t memory_refusals();

/// Counts a refusal that happened elsewhere, such as in the reserve of a memory pool.
void note_memory_refusal();

inline constexpr const char* kMemoryRefused =
    "the system refuses memory, though limits.memory allows more";

}  // namespace weir::flow
