#pragma once

#include "graph/compile/keys/pipeline_spec.h"
#include "graph/compile/plan/load_options.h"

namespace weir::compile {

/// The needs of a plan that its limits must cover.
struct LimitNeeds {
  std::size_t transforms = 0;  ///< The number of stages that are neither source nor sink.
  /// For each region, the size of its reserve in records (layout.h, `reserve_units`).
  IdVector<RegionId, std::uint64_t> units;
  /// For each region, the fewest records with which it works (layout.h, `fewest_records`).
  IdVector<RegionId, std::uint64_t> records;
  bool stateful = false;  ///< True if a stage keeps something between records.
};

/// Returns the limits with `auto` and missing values resolved. Reports memory or records that do
/// not suffice. `node` is `limits:`, null if not written.
Limits resolve_limits(const LimitsSpec& spec, const Node* node, const LimitNeeds& needs,
                      const LoadOptions& options, Diagnostics& diagnostics);

/// Gives each region its quota: the records and the memory that it cannot do without, and an equal
/// part of the rest. That memory is its reserve, which is what one record may take on its way
/// through the region. The limits must suffice.
void share_out(const Limits& limits, const LimitNeeds& needs, Regions& regions);

}  // namespace weir::compile
