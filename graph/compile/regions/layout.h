#pragma once

#include <cstdint>
#include <vector>

#include "graph/compile/plan/link.h"
#include "graph/compile/plan/stage_shape.h"

namespace weir::compile {

/// Cuts the stages into regions as `Plan` describes them, without their quotas. Each stage must
/// come after those that it reads. A stage that reads only one stage, and is its only reader,
/// must come directly after it.
Regions lay_out(const Shapes& stages, const std::vector<Link>& links);

/// Returns whether the merge of the region's inputs follows the places of origins.
bool merges_by_place(const Region& region);

/// Returns whether the region takes the first good record of each origin.
bool takes_first(const Region& region);

/// Returns whether batches leave the region in the order of their numbers.
bool leaves_in_order(const Region& region);

/// Returns whether `region` takes no more from input `full` until it gets its next record from
/// input `waited`, however long that takes. A merge that stops waiting after a time (`idle`) does
/// not count, unless it merges by place.
bool waits_for(const Region& region, std::size_t waited, std::size_t full);

/// Returns the fewest records with which the region works: one; with several inputs, one for each,
/// so that no input shuts out another, and one for what becomes of them.
std::uint64_t fewest_records(const Region& region);

/// Returns the number of records whose memory the region may need at once to finish its oldest
/// record: as that is read or copied out, in each stage, and for what is handed on. A call needs
/// the copy of an attempt and what that emits besides the record itself. Each of several inputs may
/// keep one record waiting.
std::uint64_t reserve_units(const Region& region, const Shapes& stages);

}  // namespace weir::compile
