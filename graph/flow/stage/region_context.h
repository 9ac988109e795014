#pragma once

#include <memory>
#include <vector>

#include "graph/flow/batch/accounts.h"
#include "graph/flow/batch/region_quota.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/stage/stage_runner.h"

namespace weir::flow {

/// The runners of all stages of a plan.
using StageRunners = IdVector<StageId, std::unique_ptr<StageRunner>>;

/// The objects that the parts of one region work with: the run's context, the region's quota, and
/// what all regions share. Copied freely; the objects live as long as the engine.
struct RegionContext {
  RunContext& run;
  RegionQuota& quota;
  Accounts& accounts;
  const StageRunners& runners;

  const compile::Region& region() const { return quota.region; }
  /// Returns the runner of a source's region's source, else that of the region's first stage.
  StageRunner& first_runner() const { return *runners[quota.region.first]; }
};

}  // namespace weir::flow
