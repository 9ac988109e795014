#pragma once

#include "graph/flow/environment.h"
#include "graph/flow/token.h"

namespace weir {

/// Copies what an error left on `record` out of the batch; `full` with message and excerpt.
RecordFailure describe_failure(std::uint16_t stage, const detail::RecordData& record,
                               std::uint32_t root_base, bool full);

/// Where a record stands in the order of origins; one that a stage made stands before all others
/// of its token.
Place place_of(const Token& token, const detail::RecordData& record);

/// The failure as the report shows it.
ErrorSample failure_sample(const Environment& env, const RecordFailure& failure);

}  // namespace weir
