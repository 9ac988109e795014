#pragma once

#include <memory>
#include <vector>

#include "graph/flow/call/call_stage.h"
#include "graph/flow/pump/source_filler.h"
#include "graph/flow/region/region_engine.h"
#include "graph/flow/region/region_output.h"
#include "graph/flow/stage/sink_writer.h"

namespace weir::flow {

/// The parts of an engine, in the order of construction: a part stands behind those that it refers
/// to.
struct EngineParts {
  /// A source and its region.
  struct Reader {
    SourceFiller* filler = nullptr;
    RegionEngine* engine = nullptr;
    bool stopped = false;
  };

  StageRunners runners;
  std::vector<std::unique_ptr<TokenBucket>> rates;  ///< As in Plan::rates.
  EventLoop loop;
  IdVector<RegionId, std::unique_ptr<RegionQuota>> quotas;
  IdVector<RegionId, std::unique_ptr<RegionInput>> inputs;  ///< Null where a source feeds it.
  IdVector<RegionId, CallStage*> calls;                     ///< Null where no stage is called.
  IdVector<RegionId, std::unique_ptr<RegionOutput>> outputs;
  std::vector<std::unique_ptr<SinkWriter>> sinks;
  std::vector<std::unique_ptr<WorkerArena>> arenas;  ///< The common one, then one for each pool.
  std::vector<std::unique_ptr<BatchFiller>> fillers;
  IdVector<RegionId, std::unique_ptr<RegionEngine>> regions;
  IdVector<SourceId, Reader> sources;
};

}  // namespace weir::flow
