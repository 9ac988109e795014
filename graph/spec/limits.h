#pragma once

#include "graph/spec/load.h"
#include "graph/spec/pipeline_spec.h"

namespace weir {

/// What the limits are for.
struct LimitNeeds {
  std::size_t transforms = 0;  ///< Stages that are no source and no sink.
  /// Of each region, in whole records (layout.h, `reserve_units`).
  std::vector<std::uint64_t> units;
  /// Of each region: the fewest records with which it gets on (layout.h, `fewest_records`).
  std::vector<std::uint64_t> records;
  bool stateful = false;  ///< A stage keeps something between records.
};

/// Resolves `auto` and what was not written, and checks that the memory and the records suffice.
/// `node` is `limits:`, null if not written.
Limits resolve_limits(const LimitsSpec& spec, const Node* node, const LimitNeeds& needs,
                      const LoadOptions& options, Diagnostics& diagnostics);

/// Gives each region its share of the limits, which suffice: what it cannot do without (of the
/// memory its reserve, that is, what one record may take on its way through it) and an equal part
/// of the rest.
void share_out(const Limits& limits, const LimitNeeds& needs, std::vector<Region>& regions);

}  // namespace weir
